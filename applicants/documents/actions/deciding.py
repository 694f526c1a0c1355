from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction

from applicants.documents.actions.errors import BadDates, NotReviewed
from applicants.documents.actions.recording import prove_lines
from applicants.documents.kinds import Dates
from applicants.documents.models import REVIEW, Document
from applicants.documents.notifications import tell_accepted, tell_rejected
from applicants.documents.permissions import can_decide_document
from applicants.documents.queries import birth_date_of
from applicants.documents.rules.dates import problems, valid_until
from applicants.documents.states import DocumentState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.files.models import CheckResult
from usce.files.queries import checks_of
from usce.files.states import BlobState
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor, require
from usce.reference.rules import business_deadline
from usce.states import lock, transition
from usce.text import clean_text

REVIEW_DAYS = 2
STAFF_ZONE = "America/New_York"
OPEN = (DocumentState.QUARANTINED, DocumentState.CHECKING)


def settle_document(document: Document, *, now: datetime) -> None:
    """Take over what the checks of the file said; nothing happens while they still run.

    What only a person can judge goes to staff, the rest is accepted at once.
    """
    with transaction.atomic():
        lock(document)
        if document.state not in OPEN or document.blob.state == BlobState.QUARANTINED:
            return
        if document.state == DocumentState.QUARANTINED:
            transition(document, DocumentState.CHECKING, actor=SYSTEM, now=now)
        if refusal := _refusal(document):
            _refuse(document, refusal, actor=SYSTEM, now=now, checked_at=now)
        elif document.about.is_decided_by_staff:
            transition(document, DocumentState.NEEDS_REVIEW, actor=SYSTEM, now=now, checked_at=now)
            enqueue("documents.look_for_hints", document_id=document.pk)
            _hand_to_staff(document, now)
        else:
            transition(document, DocumentState.ACCEPTED, actor=SYSTEM, now=now, checked_at=now)
            tell_accepted(document, now=now)


def accept_document(
    document: Document,
    *,
    issued_on: date | None,
    expires_on: date | None,
    actor: User,
    now: datetime,
    proves: Collection[str] = (),
) -> Document:
    """Staff read the paper and confirm its dates; an older version of the kind is replaced.

    `proves`: the lines of the owner's record, by public id, that staff found on it. Raises
    BadDates where a date is missing, impossible or past.
    """
    require(can_decide_document(actor, document))
    with transaction.atomic():
        lock(document)
        if document.state != DocumentState.NEEDS_REVIEW:
            raise NotReviewed
        until = _last_day(document, issued_on, expires_on, now.date())
        transition(
            document,
            DocumentState.ACCEPTED,
            actor=actor,
            now=now,
            issued_on=issued_on,
            expires_on=expires_on,
            valid_until=until,
            decided_by=actor,
            decided_at=now,
        )
        prove_lines(document, proves, actor=actor, now=now)
        _replace_older(document, actor=actor, now=now)
        settle_case(REVIEW, document, decision="accepted", note="", actor=actor, now=now)
        tell_accepted(document, now=now)
    return document


def reject_document(document: Document, *, reason: str, actor: User, now: datetime) -> Document:
    """Say why not, in a sentence that the owner reads."""
    require(can_decide_document(actor, document))
    with transaction.atomic():
        lock(document)
        if document.state != DocumentState.NEEDS_REVIEW:
            raise NotReviewed
        sentence = clean_text(reason)[:300]
        _refuse(document, sentence, actor=actor, now=now, decided_by=actor, decided_at=now)
        settle_case(REVIEW, document, decision="rejected", note=sentence, actor=actor, now=now)
    return document


def _refuse(document: Document, sentence: str, *, actor: Actor, now: datetime, **more: Any) -> None:
    transition(
        document,
        DocumentState.REJECTED,
        actor=actor,
        now=now,
        refusal=sentence,
        ended_at=now,
        **more,
    )
    tell_rejected(document, now=now)


def _hand_to_staff(document: Document, now: datetime) -> None:
    open_case(
        REVIEW,
        document,
        title=document.get_kind_display(),
        queue=Queue.REVIEWER,
        due_at=business_deadline(now, REVIEW_DAYS, STAFF_ZONE),
        actor=SYSTEM,
        now=now,
    )


def _replace_older(document: Document, *, actor: Actor, now: datetime) -> None:
    """Only what was accepted is replaced: who sent an older one goes on using it."""
    older = Document.objects.filter(
        owner=document.owner_id, kind=document.kind, state=DocumentState.ACCEPTED
    ).exclude(pk=document.pk)
    for paper in older:
        transition(paper, DocumentState.SUPERSEDED, actor=actor, now=now, ended_at=now)
        record("documents.document.replaced", paper, actor=actor, now=now)


def _last_day(
    document: Document, issued_on: date | None, expires_on: date | None, today: date
) -> date | None:
    wanted = {
        Dates.NONE: (),
        Dates.ISSUED: (issued_on,),
        Dates.EXPIRES: (expires_on,),
        Dates.BOTH: (issued_on, expires_on),
    }[document.about.dates]
    if None in wanted:
        raise BadDates("Write the date that stands on the paper.")
    born_on = birth_date_of(document.owner)
    if found := problems(issued_on, expires_on, today=today, born_on=born_on):
        raise BadDates(found[0])
    until = valid_until(document.kind, issued_on, expires_on)
    if until is not None and until < today:
        raise BadDates(f"By these dates it counted until {until.day} {until:%B %Y}.")
    return until


def _refusal(document: Document) -> str:
    blob = document.blob
    if blob.state == BlobState.CLEAN:
        if document.about.is_pdf_only and blob.media_type != "application/pdf":
            return f"A {document.get_kind_display()} is a PDF file. Save it as PDF and upload that."
        return ""
    failed = checks_of(blob).filter(result=CheckResult.FAILED).last()
    if failed is not None and failed.name != "malware":
        return failed.detail
    return "The scanner found something harmful in this file. Upload a clean copy."
