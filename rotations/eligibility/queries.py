"""A person as the engine sees her: what she told, where her papers stand, and what is private."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from applicants.documents.kinds import KINDS as PAPER_KINDS
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.rules.dates import validities
from applicants.documents.states import DocumentState
from applicants.profiles.models import Profile
from applicants.profiles.queries import FACTS, facts_of, passport_of, profile_for
from rotations.eligibility.models import RulePack
from rotations.eligibility.rules import PAPERS, Facts, Paper, PaperState
from rotations.eligibility.rules.notices import Private
from rotations.eligibility.rules.parts import day_of
from usce.accounts.models import User

STANDS = {
    DocumentState.QUARANTINED: PaperState.CHECKING,
    DocumentState.CHECKING: PaperState.CHECKING,
    DocumentState.NEEDS_REVIEW: PaperState.CHECKING,
    DocumentState.ACCEPTED: PaperState.ACCEPTED,
    DocumentState.REJECTED: PaperState.REFUSED,
}
MOVED = ("uploaded_at", "checked_at", "decided_at", "ended_at")
SHOWN = ("kind", "state", "issued_on", "valid_until")
PASSPORT_LEAD_DAYS = PAPER_KINDS[DocumentKind.PASSPORT].lead_days
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    """`known` are her facts by name, those not told left out."""

    known: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    private: Private = field(default_factory=Private)

    @property
    def facts(self) -> Facts:
        return Facts(**self.known)


def person_of(viewer: User | AnonymousUser, told: Mapping[str, Any] | None = None) -> Person:
    """The person who looks, in one query; of a visitor what she `told` before signing in."""
    if not isinstance(viewer, User) or viewer.is_staff:
        facts = {n: v for n, v in (told or {}).items() if n in FACTS and v is not None}
        return Person(facts, untold_papers())
    rows = Profile.objects.select_related("passport").filter(user=viewer)
    profile = rows.annotate(papers=_papers_of_owner()).first()
    if profile is None:
        return Person({}, _summed(_shown(Document.objects.filter(owner=viewer))))
    marks: Any = profile
    return Person(facts_of(profile), _summed(marks.papers), _private(profile))


def residence_of(user: User) -> str:
    """The country where she lives, as she told; empty while she did not."""
    passport = passport_of(profile_for(user))
    return (passport.residence_id if passport else "") or ""


@cache
def untold_papers() -> dict[str, Paper]:
    """What holds for each kind, of somebody whose papers nobody knows."""
    return {kind: _untold(kind) for kind in PAPERS}


def newest_packs() -> QuerySet[RulePack]:
    """The last version noted of each pack."""
    return RulePack.objects.order_by("key", "-id").distinct("key")


def packs_noted(since: datetime) -> bool:
    return RulePack.objects.filter(noted_at__gte=since).exists()


def people_changed(since: datetime) -> QuerySet[User]:
    """Whose facts or papers may count otherwise than before that moment."""
    moved = [Q(**{f"{name}__gte": since}) for name in MOVED]
    papers = Document.objects.filter(reduce(or_, moved)).values("owner")
    profiles = Profile.objects.filter(updated_at__gte=since).values("user")
    return User.objects.filter(Q(pk__in=profiles) | Q(pk__in=papers))


def _untold(kind: str) -> Paper:
    usual = validities().get(kind)
    return Paper(
        lead_days=PAPER_KINDS[kind].lead_days,
        valid_months=usual.months if usual else None,
        to_month_end=bool(usual and usual.to_month_end),
    )


def _papers_of_owner() -> ArraySubquery:
    shown = JSONObject(**{name: name for name in SHOWN})
    return ArraySubquery(_counting(Document.objects.filter(owner=OuterRef("user"))).values(p=shown))


def _shown(documents: QuerySet[Document]) -> list[dict[str, Any]]:
    return list(_counting(documents).values(*SHOWN))


def _counting(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Of the kinds that rules know, newest first; replaced ones count no more."""
    return documents.filter(kind__in=list(PAPERS), state__in=list(STANDS)).order_by("-id")


def _summed(rows: Iterable[Row]) -> dict[str, Paper]:
    """By kind the accepted version, else the newest; every kind is there."""
    found: dict[str, Paper] = {}
    for row in rows:
        known, state = found.get(row["kind"]), STANDS[row["state"]]
        if known is None:
            found[row["kind"]] = _paper(row, state)
        elif state == PaperState.ACCEPTED and known.state != PaperState.ACCEPTED:
            found[row["kind"]] = replace(_paper(row, state), newer=known.state)
    missing = {k: replace(p, state=PaperState.MISSING) for k, p in untold_papers().items()}
    return missing | found


def _paper(row: Row, state: PaperState) -> Paper:
    return replace(
        untold_papers()[row["kind"]],
        state=state,
        issued_on=_day(row["issued_on"]),
        valid_until=_day(row["valid_until"]),
    )


def _day(told: date | str | None) -> date | None:
    """The database gives days inside JSON as words."""
    return day_of(told) if isinstance(told, str) else told


def _private(profile: Profile) -> Private:
    passport = getattr(profile, "passport", None)
    if passport is None:
        return Private()
    return Private(passport.nationality_id or "", passport.residence_id or "", passport.expires_on)
