"""Words in time: a decision is due soon, or its day has passed."""

from datetime import datetime, timedelta
from typing import Any

from rotations.applications import notifications
from rotations.applications.models import Application
from rotations.applications.queries import awaiting_decision, decision_due_at

REMIND_BEFORE = timedelta(days=3)
# How long after its day an application is still looked at: no outage should last longer.
LOOK_BACK = timedelta(days=30)


def remind_of_decisions(now: datetime) -> None:
    """Tell the provider once before the day it has to decide by, both once after it."""
    for application in awaiting_decision(after=now - LOOK_BACK, until=now + REMIND_BEFORE):
        due_at = decision_due_at(application, now)
        facts = _facts(application, due_at)
        if due_at <= now:
            notifications.tell_applicant(notifications.DECISION_LATE, application, now=now, **facts)
            passed = notifications.DECISION_PASSED
            notifications.tell_provider(passed, application, now=now, **facts)
        elif due_at <= now + REMIND_BEFORE:
            notifications.tell_provider(notifications.DECISION_SOON, application, now=now, **facts)


def _facts(application: Application, due_at: datetime) -> dict[str, Any]:
    return {
        "key": str(application.forwarded_at),
        "answer_at": due_at.isoformat(),
        "answer_on": notifications.on_site(due_at, application),
    }
