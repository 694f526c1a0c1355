"""What hosts say of days: by link or page, whole or one by one, against each other."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from rotations.bookings.models import Booking
from rotations.placements.actions import (
    BadDay,
    ChangedMeanwhile,
    Host,
    Mark,
    NotOpen,
    ReasonMissing,
    add_make_up,
    advance,
    pause_days,
    settle_days,
)
from rotations.placements.models import Day, Placement
from rotations.placements.queries import placement_by_id, tally
from rotations.placements.states import DayState
from rotations.providers.models import Provider, Role
from tests.factories.placements import MONDAY, a_booking, a_placement, days_of
from tests.factories.providers import MemberFactory, PreceptorFactory
from tests.rotations.placements.house import A, C, P, another, confirm, link, marks
from usce.accounts.models import User
from usce.notifications.models import Mail

CHICAGO = ZoneInfo("America/Chicago")
D = dt.timedelta(days=1)


def at(day: dt.date, hour: int = 16) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), CHICAGO).astimezone(dt.UTC)


def test_week_is_confirmed_at_once(placement: Placement, friday: dt.datetime) -> None:
    week = days_of(placement)[:5]
    assert len(confirm(placement, week, friday)) == 5
    for day in days_of(placement)[:5]:
        assert (day.state, day.minutes, day.settled_by) == (C, 480, None)
        assert day.attending == day.settled_by_preceptor == placement.booking.offer.preceptor
    count = tally(placement)
    assert (count.confirmed, count.hours, count.same) == (5, 40, 5)
    assert not Mail.objects.filter(event="placements.days_changed").exists()


def test_days_are_settled_one_by_one_with_hours_and_attending(
    placement: Placement, bruno: User, friday: dt.datetime
) -> None:
    first, second, third = days_of(placement)[:3]
    otto = another(placement)
    told = {
        first.public_id: Mark(C, "planned", minutes=300, attending=otto),
        second.public_id: Mark(A, "planned", why="Did not come"),
    }
    settle_days(placement, told, host=Host(user=bruno), now=friday)
    first.refresh_from_db()
    second.refresh_from_db()
    third.refresh_from_db()
    assert (first.minutes, first.attending, first.settled_by) == (300, otto, bruno)
    assert (second.state, second.why, second.minutes) == (A, "Did not come", None)
    assert third.state == DayState.PLANNED
    mail = Mail.objects.get(event="placements.days_changed")
    assert mail.facts["lines"] == [
        {"day_on": "2026-10-06", "words": "recorded as absent", "why": "Did not come"}
    ]


def test_saying_it_twice_changes_nothing(placement: Placement, friday: dt.datetime) -> None:
    week = days_of(placement)[:5]
    confirm(placement, week, friday)
    before = list(Day.objects.order_by("id").values_list("settled_at", flat=True))
    assert confirm(placement, week, friday + dt.timedelta(minutes=5)) == []
    assert list(Day.objects.order_by("id").values_list("settled_at", flat=True)) == before


def test_page_that_is_behind_undoes_nothing(
    placement: Placement, bruno: User, friday: dt.datetime
) -> None:
    """One host recorded an absence; the other's page still shows the day as open."""
    week = days_of(placement)[:5]
    settle_days(placement, marks(week[1:2], A), host=Host(user=bruno), now=friday)
    with pytest.raises(ChangedMeanwhile, match="6 Oct 2026"):
        confirm(placement, week, friday)
    assert [day.state for day in days_of(placement)[:5]].count(C) == 0


def test_absence_can_be_corrected_and_back(
    placement: Placement, bruno: User, friday: dt.datetime
) -> None:
    host = Host(user=bruno)
    for was, state in ((DayState.PLANNED, C), (C, A), (A, C)):
        day = days_of(placement)[0]
        settle_days(placement, marks([day], state, was=was), host=host, now=friday)
        day.refresh_from_db()
        assert day.state == state
    assert (day.why, day.minutes) == ("", 480)


def test_day_ahead_cannot_be_confirmed(placement: Placement, friday: dt.datetime) -> None:
    with pytest.raises(NotOpen, match="not come yet"):
        confirm(placement, days_of(placement)[5:6], friday)


def test_today_is_that_of_the_site(placement: Placement) -> None:
    """Late on Sunday in Chicago it is Monday by UTC."""
    sunday = at(MONDAY + 6 * D, 23)
    with pytest.raises(NotOpen):
        confirm(placement, days_of(placement)[5:6], sunday)
    assert confirm(placement, days_of(placement)[5:6], sunday + dt.timedelta(hours=2))


def test_missed_day_needs_a_word(placement: Placement, friday: dt.datetime) -> None:
    day = days_of(placement)[0]
    with pytest.raises(ReasonMissing):
        settle_days(
            placement, {day.public_id: Mark(A, "planned")}, host=link(placement), now=friday
        )


def test_rotation_that_has_not_begun_cannot_be_settled(provider: Provider, amina: User) -> None:
    early = at(MONDAY - 3 * D)
    placement = a_placement(provider, amina, early)
    with pytest.raises(NotOpen, match="has not begun"):
        confirm(placement, days_of(placement)[:1], early)


def test_sweep_that_is_late_stops_nobody(provider: Provider, amina: User) -> None:
    """The day has come, though the booking was not brought up to it yet."""
    placement = a_placement(provider, amina, at(MONDAY - 3 * D))
    confirm(placement, days_of(placement)[:1], at(MONDAY))
    assert Booking.objects.get().state == "active"


def test_days_of_others_and_of_the_canceled_stay(
    placement: Placement, provider: Provider, dora: User, friday: dt.datetime
) -> None:
    other = a_placement(provider, dora, friday)
    with pytest.raises(NotOpen, match="no day of this rotation"):
        confirm(placement, days_of(other)[:1], friday)
    Booking.objects.filter(pk=placement.booking_id).update(state="canceled")
    with pytest.raises(NotOpen, match="canceled"):
        confirm(placement, days_of(placement)[:1], friday)


def test_only_those_of_the_host_settle(
    placement: Placement, provider: Provider, amina: User, dora: User, friday: dt.datetime
) -> None:
    scheduler = MemberFactory(provider=provider, role=Role.SCHEDULER).user
    stranger = PreceptorFactory()
    hosts = [Host(user=who) for who in (amina, dora, scheduler)]
    for host in [*hosts, Host(preceptor=stranger), Host(preceptor=another(placement)), Host()]:
        with pytest.raises(PermissionDenied):
            confirm(placement, days_of(placement)[:1], friday, host)
        with pytest.raises(PermissionDenied):
            add_make_up(placement, MONDAY, minutes=60, host=host, now=friday)
        with pytest.raises(PermissionDenied):
            pause_days(placement, MONDAY, MONDAY, why="x", host=host, now=friday)


def test_attending_is_of_the_same_organization(placement: Placement, friday: dt.datetime) -> None:
    day = days_of(placement)[0]
    told = {day.public_id: Mark(C, "planned", attending=PreceptorFactory())}
    with pytest.raises(NotOpen, match="same organization"):
        settle_days(placement, told, host=link(placement), now=friday)


def test_rotation_that_is_over_is_corrected_by_staff(placement: Placement, bruno: User) -> None:
    last = MONDAY + 25 * D
    confirm(placement, days_of(placement), at(last))
    advance(placement_by_id(placement.pk), now=at(last + D))
    fresh, host = placement_by_id(placement.pk), Host(user=bruno)
    with pytest.raises(NotOpen, match="our staff"):
        settle_days(fresh, marks(days_of(placement)[:1], A, was=C), host=host, now=at(last + 2 * D))
    with pytest.raises(NotOpen, match="over"):
        add_make_up(fresh, last + 5 * D, minutes=60, host=host, now=at(last + 2 * D))
    with pytest.raises(NotOpen, match="60 days"):
        confirm(fresh, days_of(placement)[:1], at(last + 61 * D))


def test_pause_takes_out_the_open_days(placement: Placement, friday: dt.datetime) -> None:
    days = days_of(placement)
    confirm(placement, days[:5], friday)
    host = link(placement)
    paused = pause_days(
        placement, days[3].day_on, days[9].day_on, why="Clinic closed", host=host, now=friday
    )
    assert [day.day_on for day in paused] == [day.day_on for day in days[5:10]]
    assert tally(placement).counted == 15
    assert Mail.objects.get(event="placements.days_changed").facts["count"] == 5
    with pytest.raises(BadDay):
        pause_days(placement, days[5].day_on, days[6].day_on, why="x", host=host, now=friday)
    with pytest.raises(ReasonMissing):
        pause_days(placement, days[5].day_on, days[6].day_on, why=" ", host=host, now=friday)


def test_pause_can_be_lifted(placement: Placement, bruno: User, friday: dt.datetime) -> None:
    day = days_of(placement)[0]
    settle_days(placement, marks([day], P), host=link(placement), now=friday)
    day.refresh_from_db()
    told = {day.public_id: Mark(DayState.PLANNED, P)}
    settle_days(placement, told, host=Host(user=bruno), now=friday)
    day.refresh_from_db()
    assert (day.state, day.settled_at, day.why, day.settled_by_preceptor) == (
        DayState.PLANNED, None, "", None,
    )  # fmt: skip


def test_make_up_day_stands_for_one_that_was_missed(
    placement: Placement, friday: dt.datetime
) -> None:
    host, saturday = link(placement), MONDAY + 5 * D
    with pytest.raises(BadDay, match="No day was missed"):
        add_make_up(placement, saturday, minutes=480, host=host, now=friday)
    settle_days(placement, marks(days_of(placement)[:1], A), host=host, now=friday)
    made = add_make_up(placement, saturday, minutes=10_000, host=host, now=friday)
    assert (made.is_make_up, made.planned_minutes) == (True, 960)
    for day, why in (
        (MONDAY, "already"),
        (MONDAY - D, "lies between"),
        (MONDAY + 60 * D, "lies between"),
        (MONDAY + 6 * D, "No day was missed"),
    ):
        with pytest.raises(BadDay, match=why):
            add_make_up(placement, day, minutes=480, host=host, now=friday)


def test_make_up_day_meets_no_other_rotation(
    placement: Placement, provider: Provider, amina: User, friday: dt.datetime
) -> None:
    later = MONDAY + 28 * D
    a_booking(provider, amina, later)
    settle_days(placement, marks(days_of(placement)[:1], A), host=link(placement), now=friday)
    with pytest.raises(BadDay, match="elsewhere"):
        add_make_up(placement, later, minutes=480, host=link(placement), now=friday)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "gone"},
        {"state": "confirmed"},
        {"state": "absent"},
        {"planned_minutes": 0},
        {"minutes": 2000},
        {"settled_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_database_refuses_nonsense(placement: Placement, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Day.objects.filter(pk=days_of(placement)[0].pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Day.objects.create(placement=placement, day_on=MONDAY, planned_minutes=60)
