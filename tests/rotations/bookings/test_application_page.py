"""The application's page once there is an offer: money, papers and messages, to the booked end."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from payments.actions.invoices import settle
from rotations.bookings.actions import accept_offer, confirm_paid_booking
from rotations.bookings.models import Booking, Offer
from rotations.catalog.models import Opening, Rotation
from rotations.eligibility.rules import Weight
from rotations.providers.models import Provider
from tests.factories.catalog import RequirementFactory
from tests.factories.stories import a_far_opening, an_application, an_offer
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.money import Money
from usce.notifications.models import Mail
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


def test_price_frozen_in_the_offer_holds_on_every_page(offer: Offer, amina: User) -> None:
    before = Money(offer.terms["total_cents"])
    Rotation.objects.update(price_cents=999_900)
    client = client_of(amina)
    url = reverse("applications:detail", args=[offer.application.public_id])
    for _step in ("offered", "accepted"):
        body = client.get(f"{url}?tab=money", follow=True).content.decode()
        assert str(before) in body
        assert "9,999" not in body
        client.post(
            reverse("bookings:offer", args=[offer.public_id]), {"answer": "accept", "agreed": "on"}
        )
    assert Booking.objects.get().deposit_invoice.total_cents == offer.terms["deposit_cents"]


def test_papers_by_the_start_are_those_frozen_in_the_offer(
    opening: Opening, amina: User, now: dt.datetime
) -> None:
    RequirementFactory(
        rotation=opening.rotation, kind="bls_card", params={}, weight=Weight.BY_START
    )
    offer = an_offer(opening, amina, now)
    opening.rotation.requirements.all().delete()
    body = client_of(amina).get(reverse("bookings:offer", args=[offer.public_id])).content.decode()
    assert "BLS" in body
    assert "names no further papers" not in body


def test_page_is_called_rotation_once_it_is_booked(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    client, application = client_of(amina), booking.application
    url = reverse("applications:detail", args=[application.public_id])
    assert f"Application {application.reference}" in client.get(url).content.decode()
    with transaction.atomic():
        settle(booking.deposit_invoice, actor=SYSTEM, now=now)
    confirm_paid_booking(booking.deposit_invoice, now=now)
    assert f"Rotation {application.reference}" in client.get(url).content.decode()
    money = client.get(f"{url}?tab=money", follow=True)
    assert money.redirect_chain[-1][0] == reverse("bookings:detail", args=[booking.public_id])
    body = money.content.decode()
    assert f"Rotation {application.reference}" in body
    assert "Receipt " in body
    assert f'href="{url}?tab=messages"' in body


@pytest.mark.parametrize("state", ["offered", "accepted", "booked"])
def test_money_of_an_application_leads_to_what_the_offer_froze(
    state: str, opening: Opening, amina: User
) -> None:
    mine, client = an_application(opening, amina, state), client_of(amina)
    url = reverse("applications:detail", args=[mine.public_id])
    there = reverse("bookings:of-application", args=[mine.public_id])
    assert f'href="{there}"' in client.get(url).content.decode()
    assert client.get(f"{url}?tab=money")["Location"] == there


def test_messages_of_an_application_hold_those_about_its_money(
    booking: Booking, amina: User, now: dt.datetime
) -> None:
    reference = booking.application.reference
    for key, purpose in (
        ("mine", booking.deposit_invoice.purpose),
        ("other", f"Deposit, {reference}9: Cardiology"),
    ):
        facts = {"purpose": purpose, "amount_cents": 100, "reason": "late", "path": "/home"}
        Mail.objects.create(
            event="payments.refund_started",
            recipient=amina,
            address=amina.email,
            facts=facts,
            unique_key=key,
            created_at=now,
        )
    url = reverse("applications:detail", args=[booking.application.public_id])
    shown = client_of(amina).get(f"{url}?tab=messages").context["mails"]
    about_money = [mail for mail, _subject in shown if mail.event.startswith("payments.")]
    assert [mail.unique_key for mail in about_money] == ["mine"]
