from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from applicants.documents.kinds import KINDS, DocumentKind
from applicants.documents.lines import ABOUT, Item
from applicants.documents.models import Document, ImmunizationLine, Reminder, StoredHint, Use
from applicants.documents.rules.immunizations import standings
from applicants.documents.rules.record import Line, Standing
from applicants.documents.states import DocumentState
from applicants.profiles.queries import passport_of, profile_for
from usce.accounts.models import StaffRole, User
from usce.accounts.queries import has_agreed
from usce.accounts.texts import HEALTH_PAPERS
from usce.files.states import BlobState

HEALTH = "health_papers"
PATIENCE = timedelta(minutes=10)
LIVE = (
    DocumentState.QUARANTINED,
    DocumentState.CHECKING,
    DocumentState.NEEDS_REVIEW,
    DocumentState.ACCEPTED,
)


def is_consent_missing(owner: User, kind: str) -> bool:
    """Whether the owner has to agree to today's notice before such a paper is taken."""
    return KINDS[kind].has_health_facts and not has_agreed(owner, HEALTH, HEALTH_PAPERS)


def documents_for(user: User) -> QuerySet[Document]:
    """What the person may open: her own papers; staff reviewers everybody's."""
    documents = Document.objects.select_related("blob", "owner").order_by("-id")
    if user.has_staff_role(StaffRole.REVIEWER):
        return documents
    return documents.filter(owner=user)


def own_documents(user: User) -> QuerySet[Document]:
    return Document.objects.select_related("blob").filter(owner=user).order_by("-id")


def latest(user: User, kind: DocumentKind) -> Document | None:
    """The newest version of a paper that was not replaced."""
    return own_documents(user).filter(kind=kind).exclude(state=DocumentState.SUPERSEDED).first()


def newest_of(user: User, kinds: Iterable[str]) -> dict[str, Document]:
    """By kind what stands for it now: the accepted one, else the newest that is on its way."""
    found: dict[str, Document] = {}
    for paper in own_documents(user).filter(kind__in=list(kinds), state__in=LIVE):
        known = found.get(paper.kind)
        if known is None or (
            known.state != DocumentState.ACCEPTED and paper.state == DocumentState.ACCEPTED
        ):
            found[paper.kind] = paper
    return found


@dataclass(frozen=True)
class Shelf:
    """The papers of one group: first what counts or is on its way, then what ended."""

    title: str
    live: list[Document]
    ended: list[Document]


def shelves_of(user: User) -> list[Shelf]:
    """All papers of the person by group, in one query; groups without any are left out."""
    groups = list(dict.fromkeys(kind.group for kind in KINDS.values()))
    papers = list(own_documents(user).exclude(blob__state=BlobState.ERASED))
    shelves = [_shelf(group, papers) for group in groups]
    return [shelf for shelf in shelves if shelf.live or shelf.ended]


def _shelf(group: str, papers: list[Document]) -> Shelf:
    own = [paper for paper in papers if paper.about.group == group]
    return Shelf(
        group,
        [paper for paper in own if paper.state in LIVE],
        [paper for paper in own if paper.state not in LIVE],
    )


def versions_of(document: Document) -> QuerySet[Document]:
    """The other papers of the same kind and owner, newest first."""
    same = own_documents(document.owner).filter(kind=document.kind)
    return same.exclude(pk=document.pk).exclude(blob__state=BlobState.ERASED)


def hints_for(document: Document) -> QuerySet[StoredHint]:
    """What was read in the paper beside its owner's claims; none before it was looked at."""
    return StoredHint.objects.filter(document=document).order_by("id")


def today_of(user: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(user.time_zone)).date()


def birth_date_of(user: User) -> date | None:
    passport = passport_of(profile_for(user))
    return passport.born_on if passport else None


def is_in_use(document: Document, today: date) -> bool:
    open_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Use.objects.filter(open_ended, document=document).exists()


def is_blob_shared(document: Document) -> bool:
    """Whether a version that is still wanted has the same bytes."""
    same = Document.objects.filter(blob=document.blob_id).exclude(pk=document.pk)
    return same.filter(Q(state__in=LIVE) | Q(ended_at__isnull=True)).exists()


def unneeded() -> QuerySet[Document]:
    """Refused or replaced, not yet erased, and named by no open use."""
    open_use = Use.objects.filter(document=OuterRef("pk"), ends_on__isnull=True)
    ended = Document.objects.select_related("blob").filter(ended_at__isnull=False)
    return (
        ended.exclude(blob__state=BlobState.ERASED).exclude(Exists(open_use)).order_by("ended_at")
    )


def unsettled() -> QuerySet[Document]:
    """Papers whose file has left quarantine while they still say "being checked"."""
    return Document.objects.filter(
        state__in=(DocumentState.QUARANTINED, DocumentState.CHECKING)
    ).exclude(blob__state="quarantined")


def is_check_late(document: Document, now: datetime) -> bool:
    """Whether the check takes so long that the page has to say so."""
    return document.checked_at is None and now - document.uploaded_at >= PATIENCE


def unchecked(before: datetime) -> QuerySet[Document]:
    """Papers added before then that still wait for the check of their file."""
    waiting = (DocumentState.QUARANTINED, DocumentState.CHECKING)
    papers = Document.objects.filter(state__in=waiting, checked_at=None, uploaded_at__lte=before)
    return papers.order_by("owner", "id")


def expiring(today: date, *, within_days: int) -> QuerySet[Document]:
    """Accepted papers that count for no longer than so many days, the next to end first.

    `today` is the earliest day it can be anywhere; the owner's zone decides, in the action.
    """
    until = today + timedelta(days=within_days + 1)
    ending = Document.objects.select_related("owner").filter(
        state=DocumentState.ACCEPTED,
        valid_until__isnull=False,
        valid_until__gte=today - timedelta(days=1),
        valid_until__lte=until,
    )
    return ending.order_by("valid_until", "id")


# Which lines a paper of the kind can prove.
PROVES: dict[str, frozenset[Item]] = {
    DocumentKind.IMMUNIZATIONS: frozenset(Item),
    DocumentKind.TB_TEST: frozenset({Item.TB}),
    DocumentKind.PHYSICAL_EXAM: frozenset({Item.EXAM}),
}


def record_of(user: User) -> QuerySet[ImmunizationLine]:
    """The person's own lines, the oldest first."""
    lines = ImmunizationLine.objects.select_related("owner", "paper").filter(owner=user)
    return lines.order_by("done_on", "what")


def provable_by(document: Document) -> QuerySet[ImmunizationLine]:
    """Lines of the owner that are not proved yet and may stand on such a paper."""
    items = PROVES.get(document.kind, frozenset())
    whats = [what for what, about in ABOUT.items() if about.item in items]
    lines = ImmunizationLine.objects.filter(owner=document.owner_id, what__in=whats, paper=None)
    return lines.order_by("done_on", "what")


def standings_of(
    lines: Iterable[ImmunizationLine], *, born_on: date | None, today: date
) -> list[Standing]:
    """Each section of the record that these lines make, as of that day."""
    return standings(map(_plain, lines), born_on=born_on, today=today)


@dataclass(frozen=True)
class ImmunizationFact:
    """One section in plain values, for rules elsewhere.

    `is_proved`: complete by lines that staff found on papers alone. `valid_until`: the last day
    it holds, None for good. `next_not_before`, `next_best_by`: of the next dose or test.
    """

    item: str
    is_complete: bool
    is_proved: bool
    says: str
    next_step: str
    next_not_before: date | None
    next_best_by: date | None
    valid_until: date | None
    titer: str
    source: str


def immunizations_of(user: User, today: date) -> dict[str, ImmunizationFact]:
    """By section of the record (`Item`); two queries and the birth date."""
    lines, born_on = [*record_of(user)], birth_date_of(user)
    told = standings_of(lines, born_on=born_on, today=today)
    on_paper = [line for line in lines if line.paper_id]
    proved = standings_of(on_paper, born_on=born_on, today=today)
    return {
        one.item.value: ImmunizationFact(
            one.item.value,
            one.is_complete,
            sure.is_complete,
            one.says,
            one.next_step,
            one.not_before,
            one.best_by,
            one.valid_until,
            one.titer,
            one.rule.source,
        )
        for one, sure in zip(told, proved, strict=True)
    }


def _plain(line: ImmunizationLine) -> Line:
    return Line(
        line.public_id, line.what, line.done_on, line.read_on, line.result, line.level, line.mm
    )


def being_replaced(papers: list[Document]) -> set[int]:
    """Of one owner's papers those with a newer version on its way or there: not reminded of."""
    owner = papers[0].owner_id
    kinds = {paper.kind for paper in papers}
    rows = Document.objects.filter(owner=owner, kind__in=kinds, state__in=LIVE).order_by("pk")
    newest = dict(rows.values_list("kind", "pk"))
    return {paper.pk for paper in papers if newest.get(paper.kind, 0) > paper.pk}


def reminded_of(papers: list[Document]) -> set[tuple[int, int, date]]:
    """Paper, step and last day of what was told already."""
    rows = Reminder.objects.filter(document__in=papers)
    return set(rows.values_list("document_id", "step", "until"))
