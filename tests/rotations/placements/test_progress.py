"""The booking follows the calendar and the days; payments hears of what was confirmed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from payments.models import Dispute, Transfer
from rotations.bookings.actions import advance_booking
from rotations.bookings.models import Booking
from rotations.bookings.states import BookingState
from rotations.placements import tasks
from rotations.placements.actions import (
    Host,
    add_make_up,
    advance,
    plan_booking,
    plan_days,
    release_despite,
    release_earned,
)
from rotations.placements.actions.settling import settle_days
from rotations.placements.evidence import attendance_of
from rotations.placements.models import Day, Placement
from rotations.placements.queries import (
    due_placements,
    last_day,
    owed_placements,
    placement_by_id,
    unplanned_bookings,
)
from rotations.providers.models import Provider
from tests.factories.payments import PaymentFactory
from tests.factories.placements import MONDAY, a_booking, a_placement, days_of
from tests.rotations.placements.house import A, confirm, link, marks
from usce.accounts.models import User
from usce.cases.models import Case
from usce.jobs.models import Outage

CHICAGO = ZoneInfo("America/Chicago")
D = dt.timedelta(days=1)


def at(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    clock = dt.time(hour, minute)
    return dt.datetime.combine(day, clock, CHICAGO).astimezone(dt.UTC)


def state_of(placement: Placement) -> str:
    return str(Booking.objects.get(pk=placement.booking_id).state)


def money_for(placement: Placement, *tranches: str) -> None:
    """A share of the provider for each tranche, all due long ago."""
    payment = PaymentFactory(state="succeeded", stripe_intent_id="pi_1")
    for tranche in tranches or ("first_day", "half", "end"):
        Transfer.objects.create(
            payment=payment, payee=placement.booking.application.rotation.provider.party,
            subject_type="bookings.booking", subject_id=placement.booking_id, label="R",
            tranche=tranche, amount_cents=100, due_at=at(MONDAY - 60 * D),
            created_at=at(MONDAY - 60 * D),
        )  # fmt: skip


def earned() -> set[str]:
    return set(Transfer.objects.exclude(earned_at=None).values_list("tranche", flat=True))


def test_confirmed_booking_gets_its_days_once(provider: Provider, amina: User) -> None:
    booking = a_booking(provider, amina)
    assert unplanned_bookings() == [booking.pk]
    tasks.sweep_unplanned()
    tasks.plan_booking(booking.pk)
    assert unplanned_bookings() == []
    placement = Placement.objects.get()
    days = days_of(placement)
    assert [len(days), days[0].day_on, days[-1].day_on] == [20, MONDAY, MONDAY + 25 * D]
    assert {day.planned_minutes for day in days} == {480}


def test_days_are_planned_by_the_service_alone(
    provider: Provider, amina: User, bruno: User
) -> None:
    booking = a_booking(provider, amina)
    for actor in (amina, bruno):
        with pytest.raises(PermissionDenied):
            plan_days(booking, actor=actor, now=at(MONDAY))
        with pytest.raises(PermissionDenied):
            advance_booking(booking, BookingState.ONBOARDING, actor=actor, now=at(MONDAY))


def test_canceled_booking_gets_no_days(provider: Provider, amina: User) -> None:
    booking = a_booking(provider, amina)
    Booking.objects.filter(pk=booking.pk).update(state="canceled")
    assert plan_booking(booking.pk, now=at(MONDAY)) is None
    assert not Placement.objects.exists()


def test_booking_follows_the_calendar_of_the_site(provider: Provider, amina: User) -> None:
    early = at(MONDAY - 29 * D)
    placement = a_placement(provider, amina, early)
    assert state_of(placement) == BookingState.CONFIRMED
    advance(placement, now=at(MONDAY - 28 * D, 0, 1))
    assert state_of(placement) == BookingState.ONBOARDING
    advance(placement, now=at(MONDAY - D, 23, 59))
    assert state_of(placement) == BookingState.ONBOARDING
    advance(placement, now=at(MONDAY, 0, 0))
    assert state_of(placement) == BookingState.ACTIVE


def test_late_booking_goes_through_every_state_at_once(provider: Provider, amina: User) -> None:
    placement = a_placement(provider, amina, at(MONDAY))
    assert state_of(placement) == BookingState.ACTIVE


def test_sweep_finds_what_is_due(provider: Provider, amina: User) -> None:
    placement = a_placement(provider, amina, at(MONDAY - 29 * D))
    assert due_placements(MONDAY - 29 * D) == []
    assert due_placements(MONDAY - 28 * D) == [placement.pk]
    advance(placement, now=at(MONDAY))
    assert due_placements(MONDAY + 25 * D) == []
    assert due_placements(MONDAY + 26 * D) == [placement.pk]
    tasks.advance()


def test_rotation_is_over_when_every_day_is_settled(placement: Placement) -> None:
    last = MONDAY + 25 * D
    confirm(placement, days_of(placement), at(last, 18))
    assert state_of(placement) == BookingState.ACTIVE
    advance(placement_by_id(placement.pk), now=at(last + D, 0, 0))
    assert state_of(placement) == BookingState.COMPLETED
    assert not Case.objects.filter(kind__startswith="placements.").exists()


def test_open_days_keep_it_for_two_weeks_and_then_ask_staff(placement: Placement) -> None:
    last = MONDAY + 25 * D
    confirm(placement, days_of(placement)[:18], at(last, 18))
    advance(placement, now=at(last + 14 * D, 23))
    assert state_of(placement) == BookingState.ACTIVE
    advance(placement, now=at(last + 15 * D, 0))
    assert state_of(placement) == BookingState.COMPLETED
    case = Case.objects.get(kind="placements.unsettled")
    assert "2 of 20 days" in case.title
    confirm(placement_by_id(placement.pk), days_of(placement)[18:], at(last + 20 * D))
    case.refresh_from_db()
    assert case.decision == "settled"


def test_outage_keeps_it_open_for_as_long(placement: Placement) -> None:
    last = MONDAY + 25 * D
    Outage.objects.create(
        began_at=at(last + 3 * D), ended_at=at(last + 5 * D), reason="service interruption"
    )
    advance(placement, now=at(last + 16 * D))
    assert state_of(placement) == BookingState.ACTIVE
    advance(placement, now=at(last + 17 * D, 1))
    assert state_of(placement) == BookingState.COMPLETED


def test_confirmed_days_release_the_tranches(placement: Placement, friday: dt.datetime) -> None:
    money_for(placement)
    days, last = days_of(placement), MONDAY + 25 * D
    confirm(placement, days[:1], friday)
    assert earned() == {"first_day"}
    confirm(placement, days[1:9], at(days[9].day_on))
    assert earned() == {"first_day"}
    confirm(placement, days[9:10], at(days[9].day_on))
    assert earned() == {"first_day", "half"}
    confirm(placement, days[10:], at(last, 20))
    assert earned() == {"first_day", "half"}
    advance(placement_by_id(placement.pk), now=at(last + D))
    assert earned() == {"first_day", "half", "end"}


def test_money_that_comes_later_is_found_by_the_sweep(
    placement: Placement, friday: dt.datetime
) -> None:
    confirm(placement, days_of(placement)[:1], friday)
    assert owed_placements() == []
    money_for(placement, "first_day")
    assert owed_placements() == [placement.pk]
    tasks.release_earned()
    assert earned() == {"first_day"}
    assert owed_placements() == []


def test_nothing_is_released_for_a_canceled_booking(
    placement: Placement, bruno: User, friday: dt.datetime
) -> None:
    confirm(placement, days_of(placement)[:1], friday)
    Booking.objects.filter(pk=placement.booking_id).update(state="canceled")
    money_for(placement)
    assert release_earned(_fresh(placement), now=friday) == 0
    assert earned() == set()


def _fresh(placement: Placement) -> Placement:
    return Placement.objects.select_related("booking").get(pk=placement.pk)


def test_hardly_attended_rotation_is_for_finance_to_decide(
    placement: Placement, fay: User, trudy: User
) -> None:
    money_for(placement)
    days, last = days_of(placement), MONDAY + 25 * D
    confirm(placement, days[:3], at(last))
    settle_days(placement, marks(days[3:], A), host=link(placement), now=at(last))
    advance(placement_by_id(placement.pk), now=at(last + D))
    assert earned() == {"first_day"}
    case = Case.objects.get(kind="placements.short_attendance")
    assert (case.queue, "3 of 20" in case.title) == ("finance", True)
    with pytest.raises(PermissionDenied):
        release_despite(placement, actor=trudy, now=at(last + 2 * D))
    release_despite(placement, actor=fay, now=at(last + 2 * D))
    assert earned() == {"first_day", "half", "end"}
    case.refresh_from_db()
    assert case.decision == "released"


def test_bank_is_shown_who_was_there(placement: Placement, friday: dt.datetime) -> None:
    booking = placement.booking
    payment = PaymentFactory(invoice=booking.deposit_invoice, state="succeeded")
    dispute = Dispute.objects.create(
        payment=payment, stripe_dispute_id="du_1", amount_cents=1, reason="general",
        opened_at=friday,
    )  # fmt: skip
    Booking.objects.filter(pk=booking.pk).update(confirmed_at=friday)
    assert attendance_of(booking.deposit_invoice) == {}
    days = days_of(placement)
    confirm(placement, days[:1], friday)
    settle_days(placement, marks(days[1:2], A), host=link(placement), now=friday)
    log = attendance_of(dispute.payment.invoice)["access_activity_log"]
    assert "Monday 5 October 2026: confirmed, 8 hours with" in log
    assert "Tuesday 6 October 2026: absent" in log
    assert "by the link mailed there" in log
    assert attendance_of(PaymentFactory().invoice) == {}


def test_make_up_day_after_the_end_is_waited_for(placement: Placement, bruno: User) -> None:
    days, last = days_of(placement), MONDAY + 25 * D
    settle_days(placement, marks(days[:1], A), host=link(placement), now=at(MONDAY))
    extra = last + 3 * D
    add_make_up(placement, extra, minutes=480, host=Host(user=bruno), now=at(MONDAY))
    confirm(placement, days[1:], at(last))
    assert last_day(placement) == extra
    advance(placement_by_id(placement.pk), now=at(last + D))
    assert state_of(placement) == BookingState.ACTIVE
    confirm(placement, Day.objects.filter(day_on=extra), at(extra))
    advance(placement_by_id(placement.pk), now=at(extra + D))
    assert state_of(placement) == BookingState.COMPLETED
