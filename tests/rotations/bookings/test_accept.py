import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from payments.states import InvoiceState
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import (
    DatesOverlap,
    NotAgreed,
    OfferEnded,
    PreceptorFull,
    SeatTaken,
    TooManyHolds,
    accept_offer,
    decline_offer,
    release_expired_holds,
)
from rotations.bookings.actions.accept import _insert
from rotations.bookings.models import Booking, Hold, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import BookingState, HoldState, OfferState
from rotations.catalog.models import Opening, PreceptorWeek
from rotations.catalog.states import OpeningState
from rotations.providers.models import Preceptor, Provider
from rotations.providers.states import ProviderState
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.stories import a_named_applicant, an_offer, an_opening
from usce.accounts.models import ConsentRecord, User
from usce.jobs.models import Outage
from usce.states import TransitionRefused


def accepted(offer: Offer, actor: User, now: dt.datetime) -> Booking:
    return accept_offer(offer, agreed=True, actor=actor, now=now)


def set_state(thing: Offer | Opening | Provider, state: str) -> None:
    type(thing)._base_manager.filter(pk=thing.pk).update(state=state)


def test_accept_holds_one_seat_for_35_minutes(offer: Offer, amina: User, now: dt.datetime) -> None:
    booking = accepted(offer, amina, now)
    offer.opening.refresh_from_db()
    assert booking.state == BookingState.HELD
    assert booking.hold.expires_at - now == dt.timedelta(minutes=35)
    assert offer.opening.taken == 1


def test_accept_opens_the_deposit_by_who_gets_what(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    invoice = accepted(offer, amina, now).deposit_invoice
    lines = [(line.label, line.amount_cents) for line in invoice.lines.all()]
    assert invoice.state == InvoiceState.OPEN
    assert lines == [("Rotation", 54_545), ("Rounds service fee", 5_455)]
    assert invoice.total_cents == 60_000


def test_accept_takes_each_week_of_the_preceptor(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    accepted(offer, amina, now)
    weeks = PreceptorWeek.objects.order_by("monday").values_list("monday", "taken", "cap")
    assert list(weeks) == [(dt.date(2026, 10, day), 1, 3) for day in (5, 12, 19, 26)]


def test_accept_records_the_version_agreed_to(offer: Offer, amina: User, now: dt.datetime) -> None:
    accepted(offer, amina, now)
    consent = ConsentRecord.objects.get(user=amina)
    assert (consent.purpose, consent.text_version) == ("refund_terms", "standard-1")


def test_accept_moves_offer_and_application(offer: Offer, amina: User, now: dt.datetime) -> None:
    accepted(offer, amina, now)
    offer.application.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    assert offer.application.state == ApplicationState.ACCEPTED
    assert offer.application.answer_due_at == now + HOLD


def test_accept_again_gives_the_same_booking(offer: Offer, amina: User, now: dt.datetime) -> None:
    first = accepted(offer, amina, now)
    other_tab = Offer.objects.get(pk=offer.pk)
    assert accepted(other_tab, amina, now) == first
    assert Hold.objects.count() == 1


def test_accept_without_the_tick_takes_nothing(offer: Offer, amina: User, now: dt.datetime) -> None:
    with pytest.raises(NotAgreed):
        accept_offer(offer, agreed=False, actor=amina, now=now)
    assert not Booking.objects.exists()


@pytest.mark.parametrize("who", ["dora", "bruno", "chen", "fay"])
def test_accept_by_anybody_else_is_forbidden(
    who: str, offer: Offer, now: dt.datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        accepted(offer, request.getfixturevalue(who), now)


def test_accept_without_a_seat_left_says_so(offer: Offer, amina: User, now: dt.datetime) -> None:
    Opening.objects.update(taken=2)
    with pytest.raises(SeatTaken, match="last seat"):
        accepted(offer, amina, now)
    assert not PreceptorWeek.objects.filter(taken__gt=0).exists()


def test_accept_on_closed_dates_is_refused(offer: Offer, amina: User, now: dt.datetime) -> None:
    set_state(offer.opening, OpeningState.CLOSED)
    with pytest.raises(SeatTaken):
        accepted(offer, amina, now)


def test_accept_over_the_preceptors_cap_is_refused(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    week = dt.date(2026, 10, 19)
    PreceptorWeek.objects.create(preceptor=offer.preceptor, monday=week, taken=3, cap=3)
    with pytest.raises(PreceptorFull):
        accepted(offer, amina, now)
    offer.opening.refresh_from_db()
    assert offer.opening.taken == 0


def test_accept_after_the_cap_was_raised_counts_with_the_new_one(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    week = dt.date(2026, 10, 19)
    PreceptorWeek.objects.create(preceptor=offer.preceptor, monday=week, taken=3, cap=3)
    Preceptor.objects.update(max_learners=4)
    assert accepted(Offer.objects.get(pk=offer.pk), amina, now).state == BookingState.HELD


def test_accept_overlapping_days_is_refused(
    offer: Offer, amina: User, now: dt.datetime, provider: Provider
) -> None:
    accepted(offer, amina, now)
    later = OpeningFactory(
        rotation=RotationFactory(provider=provider),
        starts_on=dt.date(2026, 10, 30),
        ends_on=dt.date(2026, 11, 20),
    )
    with pytest.raises(DatesOverlap):
        accepted(an_offer(later, amina, now), amina, now)
    later.refresh_from_db()
    assert later.taken == 0


def test_accept_remote_beside_in_person_is_allowed(
    offer: Offer, amina: User, now: dt.datetime, provider: Provider
) -> None:
    accepted(offer, amina, now)
    remote = an_opening(provider, setting="remote")
    assert accepted(an_offer(remote, amina, now), amina, now).state == BookingState.HELD


def test_other_integrity_errors_are_not_mistaken_for_an_overlap(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    booking = accepted(offer, amina, now)
    booking.pk, booking.public_id = None, "0" * 16
    booking.in_person = False
    with pytest.raises(IntegrityError):
        _insert(booking)


def test_accept_after_the_deadline_is_refused(offer: Offer, amina: User, now: dt.datetime) -> None:
    with pytest.raises(OfferEnded, match="Nothing was charged"):
        accepted(offer, amina, now + dt.timedelta(days=8))


def test_accept_after_an_outage_has_the_lost_time_added(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    down = now + dt.timedelta(days=6)
    Outage.objects.create(began_at=down, ended_at=down + dt.timedelta(days=2), reason="test")
    late = now + dt.timedelta(days=8, hours=12)
    assert accepted(offer, amina, late).state == BookingState.HELD


def test_accept_at_a_suspended_provider_is_refused(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    set_state(offer.application.rotation.provider, ProviderState.SUSPENDED)
    with pytest.raises(OfferEnded, match="takes no bookings"):
        accepted(Offer.objects.get(pk=offer.pk), amina, now)


def test_accept_a_declined_offer_is_refused(offer: Offer, amina: User, now: dt.datetime) -> None:
    decline_offer(offer, actor=amina, now=now)
    with pytest.raises(OfferEnded):
        accepted(offer, amina, now)


def test_accept_with_the_application_elsewhere_is_refused(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    type(offer.application).objects.update(state=ApplicationState.FORWARDED)
    with pytest.raises(TransitionRefused):
        accepted(offer, amina, now)


def test_fourth_hold_of_one_offer_is_refused(offer: Offer, amina: User, now: dt.datetime) -> None:
    for attempt in range(3):
        began = now + dt.timedelta(hours=attempt)
        accepted(Offer.objects.get(pk=offer.pk), amina, began)
        assert release_expired_holds(began + HOLD) == 1
    with pytest.raises(TooManyHolds):
        accepted(Offer.objects.get(pk=offer.pk), amina, now + dt.timedelta(hours=4))
    assert set(Hold.objects.values_list("state", flat=True)) == {HoldState.EXPIRED}


def test_holds_of_two_people_on_two_seats(opening: Opening, bruno: User, now: dt.datetime) -> None:
    people = [a_named_applicant() for _ in range(2)]
    for person in people:
        accepted(an_offer(opening, person, now), person, now)
    opening.refresh_from_db()
    assert opening.seats_left == 0
