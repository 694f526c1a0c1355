"""What offers and bookings make of an application; each of their actions calls one of these.

The caller has asked who may; here only the state and its dates move, in the caller's transaction.
"""

from datetime import datetime

from rotations.applications.models import Application, Decision
from rotations.applications.states import ApplicationState
from usce.accounts.models import User
from usce.permissions import Actor
from usce.states import transition


def mark_offered(application: Application, *, until: datetime, actor: Actor, now: datetime) -> None:
    transition(application, ApplicationState.OFFERED, actor=actor, now=now, answer_due_at=until)


def mark_accepted(
    application: Application, *, until: datetime, actor: Actor, now: datetime
) -> None:
    transition(application, ApplicationState.ACCEPTED, actor=actor, now=now, answer_due_at=until)


def mark_booked(application: Application, *, actor: Actor, now: datetime) -> None:
    transition(application, ApplicationState.BOOKED, actor=actor, now=now, answer_due_at=None)


def mark_ended(
    application: Application, to: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Declined, withdrawn or expired, with its reason kept when a person decided."""
    transition(application, to, actor=actor, now=now, ended_at=now, answer_due_at=None)
    if isinstance(actor, User):
        Decision.objects.create(
            application=application, by=actor, outcome=to, reason=reason, at=now
        )
