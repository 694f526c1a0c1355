"""What a paper says beside its owner's claims: passports, policies, and words about patients."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_countries import countries

from applicants.documents.actions.errors import BadLine, NotReviewed
from applicants.documents.kinds import WRITTEN, DocumentKind
from applicants.documents.models import UNDER_AGE, Cover, Document, StoredHint
from applicants.documents.permissions import can_keep_document
from applicants.documents.queries import today_of
from applicants.documents.rules.cover import Policy, cover_hints
from applicants.documents.rules.hints import Hint, Outcome
from applicants.documents.rules.mrz import Mrz, lines_in, read
from applicants.documents.rules.passports import TEXT, TYPED, Claims, not_read, passport_hints
from applicants.profiles.models import Profile
from applicants.profiles.numbers import hash_of
from applicants.profiles.queries import passport_of, profile_for
from applicants.profiles.rules import adult_on
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case
from usce.cases.queries import live_case
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, require
from usce.phi import about_patients
from usce.states import lock
from usce.text import clean_line

QUEUE, LOOK_WITHIN = "trust", timedelta(days=2)


def read_passport_lines(document: Document, lines: str, *, actor: User, now: datetime) -> None:
    """Compare the two lines that the owner typed from the page; the lines themselves are not kept.

    Raises BadLine where these are no such lines, NotReviewed once the paper was decided.
    """
    require(can_keep_document(actor, document))
    found = lines_in(lines) if document.kind == DocumentKind.PASSPORT else None
    if found is None:
        raise BadLine("These are not the two lines: each has 44 letters, digits and < marks.")
    today = today_of(document.owner, now)
    mrz = read(*found, today=today)
    if mrz.is_specimen and settings.IS_PRODUCTION:
        raise BadLine("These are the lines of a specimen. Type those of your own passport.")
    hints = list(passport_hints(mrz, _claims(document, mrz), today=today, source=TYPED))
    with transaction.atomic():
        lock(document)
        if document.decided_at or document.ended_at:
            raise NotReviewed
        StoredHint.objects.filter(document=document, source=TYPED).delete()
        StoredHint.objects.bulk_create(stored(document, hint, now) for hint in hints)
        record("documents.document.lines_typed", document, actor=actor, now=now)
        look_at_age(document, mrz, today, now)


def tell_cover(
    document: Document,
    *,
    named_insured: str,
    per_claim_cents: int | None,
    in_all_cents: int | None,
    actor: User,
    now: datetime,
) -> None:
    """What the owner read on a policy; it is compared anew. Raises NotReviewed once decided."""
    require(can_keep_document(actor, document))
    with transaction.atomic():
        lock(document)
        if document.decided_at or document.ended_at:
            raise NotReviewed
        Cover.objects.update_or_create(
            document=document,
            defaults={
                "named_insured": clean_line(named_insured),
                "per_claim_cents": per_claim_cents,
                "in_all_cents": in_all_cents,
            },
        )
        record("documents.document.cover_told", document, actor=actor, now=now)
        enqueue("documents.look_for_hints", document_id=document.pk)


def passport_lines(document: Document, text: str, today: date) -> Iterable[Hint]:
    """A hinter: the lines in the file's own text, where it has any."""
    if document.kind != DocumentKind.PASSPORT:
        return ()
    mrz = lines_of(document, text, today)
    if mrz is None:
        return (not_read(),)
    return passport_hints(mrz, _claims(document, mrz), today=today, source=TEXT)


def lines_of(document: Document, text: str, today: date) -> Mrz | None:
    """The lines of a passport, where its file has them as text."""
    found = lines_in(text) if document.kind == DocumentKind.PASSPORT else None
    return read(*found, today=today) if found else None


def policy(document: Document, text: str, today: date) -> Iterable[Hint]:  # noqa: ARG001 -- a hinter
    """A hinter: the sums that the owner told, and the name on the policy."""
    if document.kind not in (DocumentKind.MALPRACTICE, DocumentKind.HEALTH_INSURANCE):
        return ()
    told = Cover.objects.filter(document=document).first() or Cover()
    known = Policy(document.kind, told.named_insured, told.per_claim_cents, told.in_all_cents)
    return cover_hints(known, name=_name(profile_for(document.owner)))


def words_about_patients(document: Document, text: str, today: date) -> Iterable[Hint]:  # noqa: ARG001 -- a hinter
    """A hinter: what in the owner's own words can only be a patient's."""
    met = about_patients(text) if document.about.group == WRITTEN else []
    if not met:
        return ()
    sentence = (
        "Words on it may tell who a patient is. Take them out and add a new version before you "
        "send it."
    )
    seen = ", ".join(dict.fromkeys(hit.words for hit in met))
    return (Hint("patients' details", Outcome.DIFFERS, sentence, seen),)


def look_at_age(document: Document, mrz: Mrz, today: date, now: datetime) -> None:
    """Rounds is for adults: a passport of somebody younger is for staff to look at, once."""
    if mrz.wrong or mrz.born_on is None or adult_on(mrz.born_on) <= today:
        return
    if live_case(UNDER_AGE, document) is None:
        open_case(
            UNDER_AGE,
            document,
            title=f"Passport of somebody under 18: {document.owner.public_id}",
            queue=QUEUE,
            due_at=now + LOOK_WITHIN,
            actor=SYSTEM,
            now=now,
        )


def stored(document: Document, hint: Hint, now: datetime) -> StoredHint:
    return StoredHint(
        document=document,
        name=hint.name[:40],
        outcome=hint.outcome,
        sentence=hint.sentence[:300],
        seen=hint.seen[:200],
        source=hint.source[:80],
        at=now,
    )


def _claims(document: Document, mrz: Mrz) -> Claims:
    profile = profile_for(document.owner)
    passport = passport_of(profile)
    claims = Claims(
        given=profile.given_name if profile else "",
        family=profile.family_name if profile else "",
        expires_on=document.expires_on,
    )
    if passport is None:
        return claims
    kept = passport.number_hash
    return Claims(
        given=claims.given,
        family=claims.family,
        born_on=passport.born_on,
        nationality=str(countries.alpha3(passport.nationality_id or "") or ""),
        expires_on=document.expires_on,
        same_number=hash_of(mrz.number) == kept if kept else None,
    )


def _name(profile: Profile | None) -> str:
    return f"{profile.given_name} {profile.family_name}".strip() if profile else ""
