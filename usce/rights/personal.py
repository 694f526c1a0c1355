"""What the kernel holds about a person: account, consents, keys, mails, files, views, cases."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Case as Choice
from django.db.models import F, Q, QuerySet, Value, When

from usce.accounts.models import ApiToken, ConsentRecord, User
from usce.audit.models import AccessLog, AuditEntry
from usce.cases.models import Case
from usce.cases.states import LIVE
from usce.files.actions import erase_blob
from usce.files.models import Blob, Check, Chunk, Derivative, Incoming, WrappedKey
from usce.files.states import BlobState
from usce.links.models import Grant
from usce.notifications.actions import empty_mails
from usce.notifications.models import Mail, OptOut, Rhythm, Suppression
from usce.notifications.queries import mails_about
from usce.permissions import SYSTEM
from usce.rights.models import DataExport, Erasure, LegalHold
from usce.rights.portability import Holding, Part, parts, register
from usce.ui.dates import day

KERNEL = "account"
SESSIONS_AT_ONCE = 500
LAST_MAIL = "rights.erased"  # its address is forgotten once it has left


def tombstone_of(person: User) -> str:
    """The address that nobody has, in place of hers."""
    return f"erased-{person.public_id}@erased.invalid"


def is_erased(person: User) -> bool:
    return person.email == tombstone_of(person)


def subjects_of(person: User) -> list[tuple[str, "QuerySet[Any]"]]:
    """Type and keys of everything that is hers: what cases and links may be about."""
    mine: list[tuple[str, QuerySet[Any]]] = [
        (User._meta.label_lower, User.objects.filter(pk=person.pk).values("pk"))  # noqa: SLF001 -- Django's documented model API
    ]
    for part in parts():
        if part.name != KERNEL:
            mine += [
                (held.model._meta.label_lower, held.rows(person).order_by().values("pk"))  # noqa: SLF001 -- as above
                for held in part.holdings
            ]
    return mine


def _about(person: User) -> Q:
    """Of rows with a subject, those whose subject is hers."""
    found = Q(pk__in=())
    for label, keys in subjects_of(person):
        found |= Q(subject_type=label, subject_id__in=keys)
    return found


def cases_about(person: User) -> QuerySet[Case]:
    return Case.objects.filter(_about(person))


def grants_to(person: User) -> QuerySet[Grant]:
    return Grant.objects.filter(_about(person))


def _views_of(person: User) -> "QuerySet[Any]":
    """Staff are named as such, as on her page."""
    is_staff = When(viewer__staff_roles__len__gt=0, then=Value("Rounds staff"))
    by = Choice(is_staff, default=F("viewer__full_name"))
    return AccessLog.objects.filter(subject=person).annotate(by=by)


def _words_of(person: User) -> list[str]:
    """The public ids under which others' mails may speak of her."""
    found = [person.public_id]
    for _label, keys in subjects_of(person):
        if any(f.name == "public_id" for f in keys.model._meta.fields):  # noqa: SLF001 -- as above
            found += [str(pid) for pid in keys.values_list("public_id", flat=True)]
    return found


def _holds(person: User, now: datetime) -> list[str]:
    sentences = [
        f"Rounds must keep the data until {day(hold.ends_on)}: {hold.reason}"
        for hold in LegalHold.live(now).filter(user=person)
    ]
    ended = [kind for part in parts() for kind in part.ends_cases]
    count = cases_about(person).filter(state__in=LIVE).exclude(kind__in=ended).count()
    if count:
        what = "A case" if count == 1 else f"{count} cases"
        sentences.append(f"{what} about you or what you sent is still open with our staff.")
    return sentences


def _erase(person: User, now: datetime) -> None:
    """What was written to her and about her, links, sessions and the keys of her files."""
    written = mails_about(person, _words_of(person))
    empty_mails(written.exclude(event=LAST_MAIL), now=now)
    cases_about(person).update(note="")
    cases_about(person).filter(state__in=LIVE).update(owner=None)
    grants_to(person).delete()
    end_sessions(person)
    for blob in Blob.objects.filter(owner=person).exclude(state=BlobState.ERASED):
        erase_blob(blob, actor=SYSTEM, now=now)


def end_sessions(person: User) -> int:
    """Delete her sessions with all that was kept in them; no column says whose a session is."""
    last, count = "", 0
    while True:
        batch = list(
            Session.objects.filter(session_key__gt=last).order_by("session_key")[:SESSIONS_AT_ONCE]
        )
        hers = [s.pk for s in batch if s.get_decoded().get("_auth_user_id") == str(person.pk)]
        count += Session.objects.filter(pk__in=hers).delete()[0]
        if len(batch) < SESSIONS_AT_ONCE:
            return count
        last = batch[-1].session_key


register(
    Part(
        name=KERNEL,
        holdings=(
            Holding(
                AccessLog,
                _views_of,
                told=("at", "what", "by"),
                emptied={},
                kept={
                    "what": "the kind of thing that was opened, from our own words",
                    "target_type": "the kind of thing that was opened",
                    "request_id": "a random number",
                },
            ),
            Holding(
                Mail,
                lambda person: Mail.objects.filter(
                    Q(recipient=person) | Q(address__iexact=person.email)
                ),
                told=("created_at", "event", "address", "facts", "state", "sent_at", "read_at"),
                emptied={},
                kept={
                    "event": "the kind of mail",
                    "address": "emptied by the step before",
                    "facts": "emptied by the step before",
                    "unique_key": "ids alone",
                    "error": "emptied by the step before",
                    "request_id": "a random number",
                },
            ),
            Holding(
                OptOut,
                lambda person: OptOut.objects.filter(user=person),
                told=("mail_class", "event", "since_at"),
            ),
            Holding(
                Rhythm,
                lambda person: Rhythm.objects.filter(user=person),
                told=("pace", "since_at"),
            ),
            Holding(
                Suppression,
                lambda person: Suppression.objects.filter(email__iexact=person.email),
                told=("email", "reason", "since_at"),
            ),
            Holding(
                Case,
                cases_about,
                told=("kind", "opened_at", "decision", "decided_at"),
                emptied={},
                kept={
                    "kind": "the kind of work",
                    "title": "references and ids alone",
                    "subject_type": "the kind of thing it is about",
                    "decision": "one of our own words",
                    "note": "emptied by the step before",
                },
            ),
            Holding(
                Chunk,
                lambda person: Chunk.objects.filter(incoming__owner=person),
                untold="a piece of a file that has not been taken yet",
            ),
            Holding(
                Incoming,
                lambda person: Incoming.objects.filter(owner=person),
                told=("public_id", "name", "size", "received", "created_at"),
            ),
            Holding(
                Check,
                lambda person: Check.objects.filter(blob__owner=person),
                told=("name", "result", "detail", "engine", "at"),
            ),
            Holding(
                WrappedKey,
                lambda person: WrappedKey.objects.filter(
                    Q(blob__owner=person) | Q(derivative__blob__owner=person)
                ),
                untold="the key of a file whose content she gets",
            ),
            Holding(
                Derivative,
                lambda person: Derivative.objects.filter(blob__owner=person),
                untold="a copy of a file whose content she gets",
            ),
            Holding(
                Blob,
                lambda person: Blob.objects.filter(owner=person),
                told=("public_id", "size", "media_type", "state", "created_at"),
                emptied={"sha256": ""},
                kept={
                    "storage_name": "a random name; the object is deleted",
                    "media_type": "the kind of file",
                },
            ),
            Holding(
                ApiToken,
                lambda person: ApiToken.objects.filter(user=person),
                told=("name", "made_at", "expires_at", "last_used_on", "revoked_at"),
            ),
            Holding(
                DataExport,
                lambda person: DataExport.objects.filter(user=person),
                told=("asked_at", "ready_at", "expires_at"),
            ),
            Holding(
                ConsentRecord,
                lambda person: ConsentRecord.objects.filter(user=person),
                told=("purpose", "text_version", "signed_name", "at", "withdrawn", "ip_address"),
                emptied={"ip_address": None, "signed_name": ""},
                kept={
                    "purpose": "that somebody agreed to something has to be provable",
                    "text_version": "as above",
                    "text_sha256": "as above; it is of the text, not of anybody's words",
                },
            ),
            Holding(
                LegalHold,
                lambda person: LegalHold.objects.filter(user=person),
                told=("reason", "placed_at", "ends_on", "lifted_at"),
                emptied={"reason": ""},
            ),
            Holding(
                EmailConfirmation,
                lambda person: EmailConfirmation.objects.filter(email_address__user=person),
                untold="a code of a moment",
            ),
            Holding(
                EmailAddress,
                lambda person: EmailAddress.objects.filter(user=person),
                told=("email", "verified", "primary"),
            ),
            Holding(
                Authenticator,
                lambda person: Authenticator.objects.filter(user=person),
                told=("type", "created_at", "last_used_at"),
            ),
            Holding(
                User,
                lambda person: User.objects.filter(pk=person.pk),
                told=("email", "full_name", "time_zone", "mfa_required", "joined_at"),
                # What stands in place of the address is written by the last step of erasure.
                emptied={"full_name": "", "time_zone": "UTC", "password": "!"},
                kept={"email": "replaced by the last step", "staff_roles": "nobody's words"},
            ),
        ),
        others={
            AuditEntry: "who did what, by ids alone; kept so that the trail stays whole",
            Erasure: "that the account was deleted, and when",
        },
        holds=_holds,
        erase=_erase,
    )
)
