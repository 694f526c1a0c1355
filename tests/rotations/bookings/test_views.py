import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.actions.invoices import settle
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import (
    HoldEnded,
    NothingToPay,
    accept_offer,
    begin_payment,
    confirm_paid_booking,
    release_expired_holds,
)
from rotations.bookings.forms import OfferForm
from rotations.bookings.models import Booking, Hold, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import OfferState
from rotations.catalog.models import Opening
from rotations.providers.models import Member, Provider, Role
from tests.factories.providers import MemberFactory
from tests.factories.stories import a_far_opening, an_application, an_offer, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import ConsentRecord, User
from usce.jobs.models import Job
from usce.permissions import SYSTEM


@pytest.fixture
def now() -> dt.datetime:
    """Pages read the clock themselves, so these stories begin today."""
    return timezone.now()


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return a_far_opening(provider)


@pytest.fixture
def booking(offer: Offer, amina: User, now: dt.datetime) -> Booking:
    return accept_offer(offer, agreed=True, actor=amina, now=now)


def confirm(booking: Booking, now: dt.datetime) -> Booking:
    with transaction.atomic():
        settle(booking.deposit_invoice, actor=SYSTEM, now=now)
    found = confirm_paid_booking(booking.deposit_invoice, now=now)
    assert found is not None
    return found


def url(name: str, thing: Offer | Booking | Application) -> str:
    return reverse(f"bookings:{name}", args=[thing.public_id])


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_offer_names_everything_before_any_payment(offer: Offer, amina: User) -> None:
    words = text_of(client_of(amina).get(url("offer", offer)))
    assert "Lakeshore Clinic, 100 Demo Street" in words
    assert "Daniel Ortiz, MD" in words
    assert "$1,650.00" in words
    assert "Deposit, due when you accept $600.00" in words
    assert "If your visa is refused" in words
    assert "you get back $540.00 (90 % of what you paid) and lose $60.00" in words


def test_offer_shows_each_refund_in_money(offer: Offer, amina: User) -> None:
    words = text_of(client_of(amina).get(url("offer", offer)))
    assert "Thursday 6 August 2099 $600.00 $1,650.00" in words
    assert "Saturday 5 September 2099 $300.00 $825.00" in words
    assert "You get back $600.00 of the deposit if you cancel through" in words


def test_accepting_needs_the_tick(offer: Offer, amina: User) -> None:
    response = client_of(amina).post(url("offer", offer), {"answer": "accept"})
    assert response.status_code == 409
    assert "Agree to the refund terms first" in text_of(response)


def test_accepting_leads_to_the_booking_twice_alike(offer: Offer, amina: User) -> None:
    told = {"answer": "accept", "agreed": "on"}
    client = client_of(amina)
    places = [client.post(url("offer", offer), told)["Location"] for _ in range(2)]
    assert set(places) == {url("detail", Booking.objects.get())}
    assert ConsentRecord.objects.get().ip_address == "127.0.0.1"
    assert "You accepted this offer" in text_of(client.get(url("offer", offer)))


def test_accepting_without_a_seat_says_so_on_the_page(offer: Offer, amina: User) -> None:
    Opening.objects.update(taken=2)
    response = client_of(amina).post(url("offer", offer), {"answer": "accept", "agreed": "on"})
    assert response.status_code == 409
    assert "The last seat on these dates has just been taken." in text_of(response)


def test_declining_leads_to_the_application(offer: Offer, amina: User) -> None:
    client = client_of(amina)
    response = client.post(url("offer", offer), {"answer": "decline"})
    assert response["Location"] == reverse(
        "applications:detail", args=[offer.application.public_id]
    )
    assert "can no longer be accepted" in text_of(client.get(url("offer", offer)))


def test_free_offer_asks_for_no_money(
    provider: Provider, amina: User, bruno: User, now: dt.datetime
) -> None:
    free = an_opening(provider, price_cents=0, platform_fee_cents=0, deposit_cents=0)
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    free.refresh_from_db()
    client, offer = client_of(amina), an_offer(free, amina, now)
    assert "This rotation is free." in text_of(client.get(url("offer", offer)))
    client.post(url("offer", offer), {"answer": "accept", "agreed": "on"})
    waiting = text_of(client.get(url("detail", Booking.objects.get())))
    assert "Payment is being confirmed" in waiting
    assert "Pay $" not in waiting


@pytest.mark.parametrize("who", ["dora", "bruno", "chen"])
@pytest.mark.parametrize("name", ["detail", "state", "calendar"])
def test_bookings_do_not_exist_for_others(
    who: str, name: str, booking: Booking, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(url(name, booking)).status_code == 404
    assert client.get(url("offer", booking.offer)).status_code == 404
    assert client.post(url("pay", booking)).status_code == 404


def test_held_booking_has_one_pay_button_with_the_sum(booking: Booking, amina: User) -> None:
    words = text_of(client_of(amina).get(url("detail", booking)))
    assert words.count("Pay $600.00") == 1
    assert "If your visa is refused you get back $540.00 and lose $60.00." in words
    assert "Pay the deposit to keep your seat." in words


def test_coming_back_paid_is_never_believed_from_the_address(booking: Booking, amina: User) -> None:
    client = client_of(amina)
    words = text_of(client.get(url("detail", booking) + "?checkout=done"))
    assert "Payment is being confirmed" in words
    assert "Your seat is confirmed." not in words
    assert client.get(url("state", booking)).status_code == 204


def test_coming_back_unpaid_keeps_the_seat(booking: Booking, amina: User) -> None:
    words = text_of(client_of(amina).get(url("detail", booking) + "?checkout=canceled"))
    assert "You came back without paying." in words
    assert "Pay $600.00" in words


def test_waiting_page_moves_on_once_confirmed(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    confirm(booking, now)
    response = client_of(amina).get(url("state", booking))
    assert response["Location"] == url("detail", booking)


def test_confirmed_booking_shows_receipt_balance_and_calendar(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    confirm(booking, now)
    words = text_of(client_of(amina).get(url("detail", booking)))
    assert f"Receipt {now.year}-000001" in words
    assert "Your seat is confirmed. Pay the balance by" in words
    assert "Pay $1,050.00" in words
    assert "Add to your calendar" in words


def test_hold_that_is_over_cannot_be_paid(booking: Booking, amina: User) -> None:
    Hold.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    client = client_of(amina)
    assert "The time to pay is over" in text_of(client.get(url("detail", booking)))
    response = client.post(url("pay", booking))
    assert response.status_code == 409
    assert "the seat was given back" in text_of(response)


def test_lapsed_booking_points_back_to_the_offer(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    release_expired_holds(now + HOLD)
    words = text_of(client_of(amina).get(url("detail", booking)))
    assert "the seat was given back" in words
    assert "Pay $" not in words


def test_calendar_holds_whole_days(booking: Booking, amina: User, now: dt.datetime) -> None:
    client = client_of(amina)
    assert client.get(url("calendar", booking)).status_code == 404
    confirm(booking, now)
    response = client.get(url("calendar", booking))
    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20991005" in lines
    assert "DTEND;VALUE=DATE:20991031" in lines


def test_application_leads_to_offer_then_booking(
    offer: Offer, amina: User, bruno: User, now: dt.datetime
) -> None:
    client, way = client_of(amina), url("of-application", offer.application)
    assert client.get(way)["Location"] == url("offer", offer)
    booking = accept_offer(offer, agreed=True, actor=amina, now=now)
    assert client.get(way)["Location"] == url("detail", booking)


def test_application_without_an_offer_leads_nowhere(opening: Opening, amina: User) -> None:
    application = an_application(opening, amina)
    assert client_of(amina).get(url("of-application", application)).status_code == 404


@pytest.mark.parametrize("name", ["offer", "detail"])
def test_pages_stay_within_twelve_queries(
    name: str,
    booking: Booking,
    amina: User,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    client = client_of(amina)
    with django_assert_max_num_queries(12):
        client.get(url(name, booking.offer if name == "offer" else booking))


def test_payment_by_a_stranger_is_forbidden(booking: Booking, dora: User, now: dt.datetime) -> None:
    with pytest.raises(PermissionDenied):
        begin_payment(booking, actor=dora, now=now)


def test_payment_after_the_hold_is_refused(booking: Booking, amina: User, now: dt.datetime) -> None:
    with pytest.raises(HoldEnded):
        begin_payment(booking, actor=amina, now=now + HOLD)


def test_payment_of_a_canceled_booking_is_refused(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    release_expired_holds(now + HOLD)
    booking.refresh_from_db()
    with pytest.raises(NothingToPay):
        begin_payment(booking, actor=amina, now=now)


def provider_url(application: Application) -> str:
    slug = application.rotation.provider.slug
    return reverse("bookings:provider-offer", args=[slug, application.public_id])


def test_provider_makes_an_offer_until_a_day(opening: Opening, amina: User, bruno: User) -> None:
    application = an_application(opening, amina)
    client, place = client_of(bruno), provider_url(application)
    assert "Send the offer" in text_of(client.get(place))
    until = timezone.now().date() + dt.timedelta(days=5)
    assert client.post(place, {"until_on": until.isoformat()}).status_code == 302
    assert Offer.objects.get().application == application
    assert "Withdraw the offer" in text_of(client.get(place))


@pytest.mark.parametrize(("until", "status"), [("", 422), ("soon", 422), ("2099-01-01", 409)])
def test_provider_gets_a_bad_day_back(
    until: str, status: int, opening: Opening, amina: User, bruno: User
) -> None:
    place = provider_url(an_application(opening, amina))
    assert client_of(bruno).post(place, {"until_on": until}).status_code == status
    assert not Offer.objects.exists()


def test_provider_withdraws_with_a_reason(offer: Offer, bruno: User) -> None:
    client, place = client_of(bruno), provider_url(offer.application)
    assert client.post(place, {"reason": ""}).status_code == 422
    assert client.post(place, {"reason": "The clinic closes."}).status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert client.post(place, {"reason": "Again."}).status_code == 409
    assert "nothing to do here" in text_of(client.get(place))


def test_provider_offer_is_closed_to_strangers_and_other_roles(offer: Offer, dora: User) -> None:
    client, place = client_of(dora), provider_url(offer.application)
    assert client.get(place).status_code == 404
    MemberFactory(provider=offer.application.rotation.provider, user=dora, role=Role.FINANCE)
    assert client.get(place).status_code == 403
    assert Member.objects.filter(user=dora).count() == 1


def test_coming_back_to_a_paid_booking_asks_nobody(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    release_expired_holds(now + HOLD)
    client_of(amina).get(url("detail", booking) + "?checkout=done")
    assert not Job.objects.filter(name="payments.refresh").exists()


def test_visitor_is_asked_to_sign_in(offer: Offer) -> None:
    assert Client().get(url("offer", offer)).status_code == 302


def test_application_is_offered_again_after_a_lapse(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    release_expired_holds(now + HOLD)
    application = Application.objects.get()
    assert application.state == ApplicationState.OFFERED
    assert "Accept or decline this offer." in text_of(
        client_of(amina).get(url("offer", booking.offer))
    )


def test_offer_is_proposed_to_end_before_the_rotation_starts() -> None:
    today = dt.date(2026, 7, 1)
    soon = OfferForm(today=today, starts_on=dt.date(2026, 7, 5))
    assert soon.initial["until_on"] == dt.date(2026, 7, 4)
    assert soon.fields["until_on"].widget.attrs["max"] == "2026-07-04"
    later = OfferForm(today=today, starts_on=dt.date(2026, 9, 5))
    assert later.initial["until_on"] == dt.date(2026, 7, 8)
