"""Webhooks: stored first, answered, processed later; kept with their error."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from payments import gateway
from payments.models import StripeEvent
from payments.permissions import can_move_money
from payments.states import EventState
from usce.crashpoints import reach
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

log = structlog.get_logger()
STALE_AFTER = timedelta(minutes=1)
ERROR_LENGTH = 2000


def store_event(event: gateway.Event, *, now: datetime) -> None:
    """Keep a verified event once; the same one again changes nothing and is answered alike."""
    with transaction.atomic():
        row = StripeEvent(
            event_id=event.id,
            kind=event.kind,
            api_version=event.api_version,
            payload=event.payload,
            received_at=now,
        )
        StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
        known = StripeEvent.objects.get(event_id=event.id)
        if known.state == EventState.RECEIVED:
            enqueue("payments.process_event", unique_key=event.id, event_id=known.pk)
    reach("event.after_store")


def finish_event(event: StripeEvent, to: EventState, *, now: datetime, error: str = "") -> None:
    """Write down how it ended; coming second, or failing after a success, changes nothing."""
    with transaction.atomic():
        lock(event)
        if to in event.transitions[event.state]:
            transition(
                event, to, actor=SYSTEM, now=now, processed_at=now, error=error[:ERROR_LENGTH]
            )


def replay_event(event: StripeEvent, *, actor: Actor, now: datetime) -> None:
    """Let finance process again what failed, or what was none of ours and now is."""
    require(can_move_money(actor))
    with transaction.atomic():
        transition(event, EventState.RECEIVED, actor=actor, now=now, error="")
        enqueue("payments.process_event", unique_key=event.event_id, event_id=event.pk)


def queue_stale_events(now: datetime) -> int:
    """Queue what was stored but never finished: a lost bell or a worker that died."""
    stale = StripeEvent.objects.filter(
        Q(state=EventState.RECEIVED, received_at__lt=now - STALE_AFTER)
        | Q(state=EventState.FAILED, processed_at__lt=now - 5 * STALE_AFTER)
    ).order_by("received_at")[:200]
    for event in stale:
        enqueue("payments.process_event", unique_key=event.event_id, event_id=event.pk)
    return len(stale)
