"""Outgoing calls as rows: one key a call, no key older than 23 hours, none asked twice blindly."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import models, transaction

from payments import gateway
from payments.models import Call
from payments.states import CallState
from usce.ids import new_public_id
from usce.permissions import SYSTEM
from usce.states import lock, transition

OLDEST_KEY = timedelta(hours=23)


def begin_call(kind: str, subject: models.Model, *, now: datetime) -> Call:
    """The waiting call of this kind about the subject, or a new one; call it in a transaction.

    `tries` says whether it may have been done already: then look at Stripe before asking again.
    A key that is too old is given up, and the new row remembers that it has predecessors.
    """
    about = {"kind": kind, "subject_type": _label(subject), "subject_id": subject.pk}
    known = Call.objects.filter(**about, state=CallState.WAITING).first()
    if known is not None and now - known.made_at < OLDEST_KEY:
        return known
    if known is not None:
        transition(known, CallState.GIVEN_UP, actor=SYSTEM, now=now, ended_at=now, error="old key")
    return Call.objects.create(
        **about,
        idempotency_key=f"{kind}-{new_public_id()}",
        tries=Call.objects.filter(**about).count(),
        made_at=now,
    )


@contextmanager
def trying(call: Call, *, now: datetime) -> Iterator[None]:
    """Count the attempt before it leaves, and keep its error; a burned key is given up."""
    Call.objects.filter(pk=call.pk).update(tries=models.F("tries") + 1)
    try:
        yield
    except gateway.AnswerKept as error:
        _end(call, CallState.GIVEN_UP, now, error=str(error))
        raise
    except gateway.GatewayRefused as error:
        _end(call, CallState.GIVEN_UP, now, error=str(error))
        raise
    except gateway.PaymentsUnavailable as error:
        Call.objects.filter(pk=call.pk).update(error=str(error.__cause__ or error)[:300])
        raise


def note_answer(call: Call, stripe_id: str, *, now: datetime) -> None:
    """In the transaction that writes the answer down."""
    _end(call, CallState.ANSWERED, now, stripe_id=stripe_id)


def _end(call: Call, to: CallState, now: datetime, **fields: str) -> None:
    with transaction.atomic():
        if lock(call).state == CallState.WAITING:
            cut = {name: value[:300] for name, value in fields.items()}
            transition(call, to, actor=SYSTEM, now=now, ended_at=now, **cut)


def _label(subject: models.Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001 -- Django's documented model API
