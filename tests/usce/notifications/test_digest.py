"""Three mails a day that could wait; the rest leave together on the next morning."""

import datetime as dt

import pytest
from django.core.mail import EmailMultiAlternatives

from tests.factories.accounts import UserFactory
from usce.accounts.models import User
from usce.notifications.actions import choose_mails, choose_pace, deliver, notify
from usce.notifications.cap import MOST_A_DAY
from usce.notifications.digest import send_digests
from usce.notifications.events import DIGEST, MailClass
from usce.notifications.models import Mail
from usce.notifications.queries import messages_for
from usce.notifications.states import MailState

pytestmark = pytest.mark.django_db
KOLKATA = "Asia/Kolkata"
# Noon in India; 8 o'clock of the next day there is 02:30 UTC.
NOON = dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)
FACTS = {"amount_cents": 100, "due_on": "2026-07-09"}
MORNING = dt.datetime(2026, 7, 2, 2, 30, tzinfo=dt.UTC)


@pytest.fixture
def asha() -> User:
    return UserFactory(email="asha@example.test", time_zone=KOLKATA)


def write(person: User, many: int, now: dt.datetime = NOON, event: str = "test.hello") -> None:
    for number in range(many):
        key = f"{event}:{person.pk}:{now}:{number}"
        facts = FACTS | {"name": f"no. {number}", "path": f"/x/{number}"}
        notify(event, to=person, facts=facts, unique_key=key, now=now)
    for mail in Mail.objects.filter(state=MailState.PENDING).order_by("id"):
        deliver(mail, now=now)


def states(person: User) -> list[str]:
    rows = Mail.objects.filter(recipient=person).exclude(event=DIGEST)
    return list(rows.order_by("id").values_list("state", flat=True))


def test_fourth_waits_and_urgent_ones_do_not(
    asha: User, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    write(asha, MOST_A_DAY + 2)
    assert states(asha) == ["sent"] * MOST_A_DAY + ["folded"] * 2
    write(asha, 2, event="test.urgent")
    assert len(mailoutbox) == MOST_A_DAY + 2
    assert messages_for(asha).count() == MOST_A_DAY + 4


def test_they_leave_together_next_morning_once(
    asha: User, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    write(asha, MOST_A_DAY + 2)
    mailoutbox.clear()
    assert send_digests(NOON) == send_digests(MORNING - dt.timedelta(minutes=1)) == 0
    assert [send_digests(MORNING) for _ in range(2)] == [1, 0]
    write(asha, 0, MORNING)
    (mail,) = mailoutbox
    assert mail.subject == "2 things that could wait until today"
    assert "Hello no. 3" in mail.body
    assert "/x/4" in mail.body
    assert "List-Unsubscribe" in mail.extra_headers
    assert states(asha) == ["sent"] * (MOST_A_DAY + 2)
    assert not messages_for(asha).filter(event=DIGEST).exists()


def test_late_sweep_sends_one(asha: User) -> None:
    write(asha, MOST_A_DAY + 1)
    assert send_digests(MORNING + dt.timedelta(days=3)) == 1


def test_what_is_folded_after_the_digest_waits_for_the_next(asha: User) -> None:
    write(asha, MOST_A_DAY + 1)
    assert send_digests(MORNING) == 1
    late = Mail.objects.filter(event="test.hello").order_by("id").last()
    assert late is not None
    Mail.objects.filter(pk=late.pk).update(state=MailState.FOLDED)
    assert send_digests(MORNING + dt.timedelta(hours=1)) == 0
    assert send_digests(MORNING + dt.timedelta(days=1)) == 1


def test_new_day_begins_at_the_readers_midnight(asha: User) -> None:
    before = dt.datetime(2026, 7, 1, 18, 29, tzinfo=dt.UTC)  # 23:59 in India
    write(asha, MOST_A_DAY + 1, before)
    write(asha, 1, before + dt.timedelta(minutes=1))
    assert states(asha) == ["sent"] * MOST_A_DAY + ["folded", "sent"]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 8), dt.date(2026, 11, 1)])
def test_day_of_changing_clocks(day: dt.date) -> None:
    person = UserFactory(time_zone="America/New_York")
    write(person, MOST_A_DAY + 1, dt.datetime.combine(day, dt.time(20), dt.UTC))
    next_day = day + dt.timedelta(days=1)
    hour = 12 if day.month == 3 else 13
    morning = dt.datetime.combine(next_day, dt.time(hour), dt.UTC)
    assert send_digests(morning - dt.timedelta(minutes=1)) == 0
    assert send_digests(morning) == 1


def test_notices_switched_off_meanwhile_drop_out(
    asha: User, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    write(asha, MOST_A_DAY + 2)
    mailoutbox.clear()
    choose_mails(asha, MailClass.NOTICE, wanted=False, actor=asha, now=NOON)
    assert send_digests(MORNING) == 0
    assert states(asha)[MOST_A_DAY:] == ["suppressed"] * 2
    assert mailoutbox == []


def test_people_are_counted_apart(asha: User, dora: User) -> None:
    write(asha, MOST_A_DAY)
    write(dora, MOST_A_DAY)
    assert "folded" not in states(asha) + states(dora)


MONDAY = dt.datetime(2026, 7, 6, 2, 30, tzinfo=dt.UTC)  # 8 o'clock in India
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def weekly(asha: User) -> User:
    choose_pace(asha, "weekly", actor=asha, now=NOON)
    return asha


def test_weekly_ones_leave_on_monday_morning_once(weekly: User) -> None:
    """Swept each hour from Wednesday on, they leave in the first hour from 8 on and never again."""
    write(weekly, 2)
    assert states(weekly) == ["folded"] * 2
    begin = NOON.replace(minute=45)
    sent = [begin + n * HOUR for n in range(14 * 24) if send_digests(begin + n * HOUR)]
    assert sent == [MONDAY + dt.timedelta(minutes=15)]
    assert [send_digests(MONDAY + DAY) for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("late", [HOUR, 16 * HOUR, DAY, 6 * DAY, 7 * DAY, 30 * DAY])
def test_after_an_outage_what_waited_for_monday_leaves_in_one(
    weekly: User, late: dt.timedelta
) -> None:
    write(weekly, 3)
    assert send_digests(MONDAY - dt.timedelta(minutes=1)) == 0
    assert [send_digests(MONDAY + late), send_digests(MONDAY + late + HOUR)] == [1, 0]
    assert states(weekly) == ["sent"] * 3


def test_monday_begins_at_the_readers_midnight(weekly: User) -> None:
    midnight = dt.datetime(2026, 7, 5, 18, 30, tzinfo=dt.UTC)
    write(weekly, 1, midnight - dt.timedelta(minutes=1))
    write(weekly, 1, midnight)
    assert send_digests(MONDAY) == 1
    assert states(weekly) == ["sent", "folded"]
    assert send_digests(MONDAY + 6 * DAY) == 0
    assert send_digests(MONDAY + 7 * DAY) == 1
    assert states(weekly) == ["sent", "sent"]


def test_who_chooses_another_pace_gets_what_waited_the_next_morning(weekly: User) -> None:
    write(weekly, 2)
    choose_pace(weekly, "daily", actor=weekly, now=NOON)
    assert send_digests(MORNING) == 1
