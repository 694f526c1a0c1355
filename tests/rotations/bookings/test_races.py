"""Many people at once on a real committed database; each proof stands beside its control."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from payments.actions.invoices import settle
from payments.models import Invoice, Refund
from payments.states import InvoiceState, PaymentState
from rotations.applications.actions import start_draft
from rotations.applications.models import Application
from rotations.bookings.actions import (
    Why,
    accept_offer,
    cancel_booking,
    cancel_for_host,
    confirm_paid_booking,
    release_expired_holds,
    release_unpaid,
)
from rotations.bookings.models import Booking, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import LIVE, BookingState, OfferState
from rotations.catalog.models import Opening, PreceptorWeek
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.payments import PaymentFactory
from tests.factories.stories import a_named_applicant, an_offer, an_opening, an_owner
from tests.support.races import at_once
from usce.accounts.models import User
from usce.permissions import SYSTEM

pytestmark = pytest.mark.race

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def accept(offer: Offer) -> Callable[[], Booking]:
    """As a request does it: everything read anew."""
    pk, person = offer.pk, offer.application.applicant

    def call() -> Booking:
        mine = Offer.objects.select_related("application__rotation__provider").get(pk=pk)
        return accept_offer(mine, agreed=True, actor=person, now=NOW)

    return call


def offers_on(opening: Opening, count: int) -> list[Offer]:
    return [an_offer(opening, a_named_applicant(), NOW) for _ in range(count)]


def settle_and_confirm(invoice_id: int) -> Callable[[], str]:
    """As payments and its receiver do it, one after the other."""

    def call() -> str:
        invoice = Invoice.objects.get(pk=invoice_id)
        with transaction.atomic():
            settle(invoice, actor=SYSTEM, now=NOW)
        confirm_paid_booking(invoice, now=NOW)
        return "paid"

    return call


def test_fifty_people_take_the_last_seat_once(clean_db: str) -> None:
    opening = an_opening(seats=1)
    calls = [accept(offer) for offer in offers_on(opening, 50)]
    assert at_once(calls) == {"Booking": 1, "SeatTaken": 49}
    opening.refresh_from_db()
    assert opening.taken == 1
    assert Booking.objects.filter(state__in=LIVE).count() == 1


def test_control_count_then_insert_oversells(clean_db: str) -> None:
    opening = an_opening(seats=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_opening DROP CONSTRAINT opening_not_oversold")
    looked = threading.Barrier(10)

    def naively() -> str:
        with transaction.atomic():
            found = Opening.objects.get(pk=opening.pk)
            free = found.taken < found.seats
            looked.wait()
            if free:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE catalog_opening SET taken = taken + 1 WHERE id = %s", [found.pk]
                    )
        return "sold"

    at_once([naively] * 10)
    opening.refresh_from_db()
    assert opening.taken == 10


def test_two_tabs_accept_one_offer_once(clean_db: str) -> None:
    offer = an_offer(an_opening(seats=1), a_named_applicant(), NOW)
    assert at_once([accept(offer)] * 8) == {"Booking": 8}
    assert Booking.objects.count() == 1
    assert Opening.objects.get().taken == 1


def test_one_person_books_overlapping_days_once(clean_db: str) -> None:
    person = a_named_applicant()
    offers = [an_offer(an_opening(), person, NOW) for _ in range(6)]
    assert at_once([accept(offer) for offer in offers]) == {"Booking": 1, "DatesOverlap": 5}
    assert sum(Opening.objects.values_list("taken", flat=True)) == 1


def test_preceptor_never_has_more_learners_than_the_cap(clean_db: str) -> None:
    first = an_opening(seats=20)
    listing = first.rotation
    second = OpeningFactory(
        rotation=RotationFactory(
            provider=listing.provider, site=listing.site, preceptor=listing.preceptor
        ),
        starts_on=dt.date(2026, 10, 19),
        ends_on=dt.date(2026, 11, 13),
        seats=20,
    )
    calls = [accept(offer) for offer in offers_on(first, 8) + offers_on(second, 8)]
    seen = at_once(calls)
    weeks = PreceptorWeek.objects.order_by("monday").values_list("taken", flat=True)
    assert seen["Booking"] + seen["PreceptorFull"] == 16
    assert max(weeks) == 3
    assert weeks[2] == weeks[3] == 3


@pytest.mark.parametrize("attempt", range(3))
def test_payment_and_release_at_once_leave_one_consistent_end(attempt: int, clean_db: str) -> None:
    offer = an_offer(an_opening(seats=1), a_named_applicant(), NOW)
    booking = accept(offer)()
    seen = at_once(
        [
            settle_and_confirm(booking.deposit_invoice_id),
            lambda: release_expired_holds(NOW + HOLD),
        ]
    )
    booking.refresh_from_db()
    taken, invoice = Opening.objects.get().taken, Invoice.objects.get(pk=booking.deposit_invoice_id)
    if booking.state == BookingState.CONFIRMED:
        assert (taken, invoice.state) == (1, InvoiceState.PAID)
        assert seen == {"str": 1, "int": 1}
    else:
        assert (taken, invoice.state) == (0, InvoiceState.VOID)
        assert seen == {"TransitionRefused": 1, "int": 1}


def test_ten_confirmations_at_once_book_once(clean_db: str) -> None:
    booking = accept(an_offer(an_opening(), a_named_applicant(), NOW))()
    with transaction.atomic():
        settle(booking.deposit_invoice, actor=SYSTEM, now=NOW)
    invoice_id = booking.deposit_invoice_id

    def confirm() -> Booking | None:
        return confirm_paid_booking(Invoice.objects.get(pk=invoice_id), now=NOW)

    assert at_once([confirm] * 10) == {"Booking": 10}
    assert Invoice.objects.count() == 2


def test_two_sweeps_give_a_seat_back_once(clean_db: str) -> None:
    accept(an_offer(an_opening(), a_named_applicant(), NOW))()
    at_once([lambda: release_expired_holds(NOW + HOLD)] * 6)
    assert Opening.objects.get().taken == 0
    assert Offer.objects.get().state == OfferState.LIVE


def test_release_passes_over_a_hold_that_is_locked(clean_db: str) -> None:
    booking = accept(an_offer(an_opening(), a_named_applicant(), NOW))()
    held, done = threading.Event(), threading.Event()

    def keep_locked() -> None:
        with transaction.atomic():
            Application.objects.select_for_update(no_key=True).get(pk=booking.application_id)
            held.set()
            done.wait(10)
        connection.close()

    keeper = threading.Thread(target=keep_locked)
    keeper.start()
    held.wait(10)
    assert release_expired_holds(NOW + HOLD) == 0
    done.set()
    keeper.join()
    assert release_expired_holds(NOW + HOLD) == 1


def test_double_click_on_apply_makes_one_draft(clean_db: str) -> None:
    opening, person = an_opening(), a_named_applicant()

    def begin() -> Application:
        me = User.objects.get(pk=person.pk)
        mine = Opening.objects.select_related("rotation__provider", "rotation__site").get()
        return start_draft(mine.rotation, opening=mine, actor=me, now=NOW)

    assert at_once([begin] * 6) == {"Application": 6}
    assert Application.objects.count() == 1
    assert opening.taken == 0


def test_canceled_by_all_at_once_refunds_and_frees_the_seat_once(clean_db: str) -> None:
    """Three tabs of the applicant, the host, and the release of unpaid seats."""
    opening = an_opening(seats=1)
    offer = an_offer(opening, a_named_applicant(), NOW)
    held = accept_offer(offer, agreed=True, actor=offer.application.applicant, now=NOW)
    invoice = held.deposit_invoice
    PaymentFactory(
        invoice=invoice, state=PaymentState.SUCCEEDED, succeeded_at=NOW, stripe_intent_id="pi_1"
    )
    settle_and_confirm(invoice.pk)()
    owner, why = an_owner(opening.rotation.provider), Why("changed_mind")

    def mine() -> Booking:
        return Booking.objects.select_related("application__rotation__provider").get()

    calls: list[Callable[[], object]] = [
        *(lambda: cancel_booking(mine(), why, actor=mine().applicant, now=NOW) for _ in range(3)),
        lambda: cancel_for_host(mine(), Why("provider", "Closed."), actor=owner, now=NOW),
        lambda: release_unpaid(mine(), actor=SYSTEM, now=NOW),
    ]
    outcomes = at_once(calls)
    assert outcomes["Cancellation"] == 1
    assert outcomes["Cancellation"] + outcomes["TransitionRefused"] == len(calls)
    assert Refund.objects.count() == 1
    opening.refresh_from_db()
    assert opening.taken == 0
