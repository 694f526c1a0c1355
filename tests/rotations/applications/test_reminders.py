import datetime as dt

import pytest

from rotations.applications.actions import remind_of_decisions
from rotations.applications.models import Application
from rotations.applications.tasks import remind_of_due_decisions
from usce.accounts.models import User
from usce.jobs.models import Outage
from usce.notifications.models import Mail

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def told() -> list[tuple[str, str]]:
    rows = Mail.objects.filter(event__startswith="applications.decision").order_by("id")
    return [(mail.event.removeprefix("applications.decision_"), mail.address) for mail in rows]


def due_at(application: Application) -> dt.datetime:
    assert application.answer_due_at
    return application.answer_due_at


def test_decision_is_asked_for_and_its_lack_is_told_once(
    forwarded: Application, amina: User, bruno: User
) -> None:
    due = due_at(forwarded)
    remind_of_decisions(due - 3 * DAY - HOUR)
    assert told() == []
    for moment in (due - 3 * DAY, due - HOUR, due, due + DAY):
        remind_of_decisions(moment)
    assert told() == [("soon", bruno.email), ("late", amina.email), ("passed", bruno.email)]


def test_time_lost_in_an_outage_is_added(forwarded: Application, amina: User) -> None:
    due = due_at(forwarded)
    Outage.objects.create(began_at=due - DAY, ended_at=due - DAY + 2 * HOUR, reason="test")
    remind_of_decisions(due + HOUR)
    assert ("late", amina.email) not in told()
    remind_of_decisions(due + 2 * HOUR)
    assert (
        Mail.objects.get(event="applications.decision_late").facts["answer_at"]
        == (due + 2 * HOUR).isoformat()
    )


def test_decided_application_is_left_alone(in_review: Application) -> None:
    remind_of_decisions(due_at(in_review) + HOUR)
    assert told() == []


@pytest.mark.usefixtures("forwarded")
def test_job_looks_at_the_clock() -> None:
    remind_of_due_decisions()
    assert {event for event, _address in told()} <= {"soon", "late", "passed"}
