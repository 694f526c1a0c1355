"""A host sees a paper because its owner sends it, and no longer than she lets it."""

from datetime import datetime

from django.db import transaction

from applicants.documents.actions import use
from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from rotations.applications.models import Application
from rotations.bookings.actions.errors import NotReady, TooEarly
from rotations.bookings.models import SentPaper
from rotations.bookings.permissions import can_send_paper
from rotations.bookings.rules import stage_of
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import require
from usce.states import lock


def send_paper(
    application: Application, document: Document, *, actor: User, now: datetime
) -> SentPaper:
    """Let the host see this version from now on; sending it twice changes nothing.

    Raises NotReady for a paper that was not accepted, TooEarly before its stage.
    """
    require(can_send_paper(actor, application) and document.owner_id == actor.pk)
    with transaction.atomic():
        lock(application)
        lock(document)
        if document.state != DocumentState.ACCEPTED:
            raise NotReady
        if document.about.stage > stage_of(application.state):
            raise TooEarly(f"A host may see this paper {document.about.stage.label}.")
        sent, is_new = SentPaper.objects.get_or_create(
            application=application, document=document, defaults={"sent_at": now}
        )
        if is_new or sent.taken_back_at:
            sent.sent_at, sent.taken_back_at = now, None
            sent.save(update_fields=["sent_at", "taken_back_at"])
            record("bookings.paper.sent", document, actor=actor, now=now)
        use(document, by=application, now=now)
    return sent


def take_back_paper(sent: SentPaper, *, actor: User, now: datetime) -> SentPaper:
    """The host sees it no more; what was opened until then stays written down."""
    require(can_send_paper(actor, sent.application))
    with transaction.atomic():
        mine = SentPaper.objects.select_for_update(no_key=True, of=("self",)).get(pk=sent.pk)
        if mine.taken_back_at is None:
            mine.taken_back_at = now
            mine.save(update_fields=["taken_back_at"])
            record("bookings.paper.taken_back", sent.document, actor=actor, now=now)
    return mine
