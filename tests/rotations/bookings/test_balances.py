"""The balance: told, asked for, released; paid in parts, or by somebody else's link."""

import datetime as dt
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applicants.documents.kinds import DocumentKind
from applicants.documents.states import DocumentState
from applicants.profiles.actions import ensure_profile
from applicants.profiles.models import Passport
from payments.models import Payment, Refund
from payments.queries import left_cents
from payments.states import InvoiceState
from rotations.bookings.actions import (
    NothingToPay,
    Why,
    ask_payer,
    ask_to_cancel,
    begin_payer_payment,
    cancel_booking,
    chase_balances,
    take_back_payer,
)
from rotations.bookings.actions.payers import SCOPE, SUBJECT
from rotations.bookings.models import Booking, PayerRequest
from rotations.bookings.queries import booking_again, payer_request
from rotations.bookings.reasons import Reason
from rotations.bookings.rules import release_at, shifted
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from tests.factories.documents import DocumentFactory
from tests.factories.reference import CountryFactory
from tests.factories.visits import client_of
from tests.rotations.bookings.money import Till
from usce.accounts.models import User
from usce.jobs.models import Outage
from usce.links.actions import grant
from usce.notifications.models import Mail

ZONE = "America/Chicago"


@pytest.fixture
def booked(till: Till, opening: Opening, amina: User) -> Booking:
    """The balance is due in fifteen days, 45 days before the start."""
    return till.booked(opening, amina, days_before=60)


def due(booking: Booking, days: float) -> dt.datetime:
    assert booking.balance_invoice is not None
    return booking.balance_invoice.due_at + timedelta(days=days)


def told(event: str) -> int:
    return Mail.objects.filter(event=f"bookings.{event}").count()


def test_balance_is_told_twice_before_and_twice_after(booked: Booking) -> None:
    seen = []
    for days in (-14.5, -13.9, -13, -3.1, -2.9, -1, 0.1, 2, 3.1, 6.9):
        for _twice in range(2):
            chase_balances(due(booked, days))
        seen.append((told("balance_due"), told("balance_late")))
    assert seen == [
        (0, 0), (1, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 1), (2, 1), (2, 2), (2, 2),
    ]  # fmt: skip
    mail = Mail.objects.filter(event="bookings.balance_late").latest("id")
    assert mail.facts["left_cents"] == 105_000


def test_unpaid_seat_is_released_after_a_week_with_the_refund_of_the_terms(
    booked: Booking, till: Till
) -> None:
    assert chase_balances(due(booked, 7.1)) == 1
    assert chase_balances(due(booked, 7.2)) == 0
    booked = booking_again(booked)
    assert (booked.state, booked.cancel_reason) == (BookingState.CANCELED, Reason.NOT_PAID)
    assert Refund.objects.get().amount_cents == 30_000
    assert booked.opening.taken == 0
    assert till.agrees()


def test_outage_moves_the_release(booked: Booking) -> None:
    at = due(booked, 3)
    Outage.objects.create(began_at=at, ended_at=at + timedelta(days=1), reason="down")
    assert chase_balances(due(booked, 7.5)) == 0
    assert chase_balances(due(booked, 8.5)) == 1


def test_paid_balance_is_never_chased(till: Till, opening: Opening, amina: User) -> None:
    booking = till.booked(opening, amina, days_before=60, balance=None)
    assert chase_balances(due(booking, 8)) == 0
    assert told("balance_late") == 0


def test_request_to_cancel_stops_the_release(booked: Booking, amina: User) -> None:
    letter = DocumentFactory(
        owner=amina, kind=DocumentKind.CONSULATE_LETTER, state=DocumentState.ACCEPTED
    )
    now = due(booked, 0.5)
    ask_to_cancel(booked, Why(Reason.VISA_REFUSED), letter, actor=amina, now=now)
    assert chase_balances(due(booked, 8)) == 0


def test_late_booking_is_released_before_it_starts() -> None:
    due_at = dt.datetime(2026, 10, 2, 4, 59, tzinfo=dt.UTC)
    assert release_at(due_at, dt.date(2026, 10, 5), ZONE) == dt.datetime(
        2026, 10, 5, 4, 59, tzinfo=dt.UTC
    )
    assert release_at(due_at, dt.date(2026, 10, 1), ZONE) == due_at


def test_days_are_those_of_the_site_across_a_change_of_clocks() -> None:
    before = dt.datetime(2026, 10, 31, 4, 59, tzinfo=dt.UTC)  # 23:59 in Chicago, summer time
    assert shifted(before, 7, ZONE).astimezone(dt.UTC) == dt.datetime(
        2026, 11, 7, 5, 59, tzinfo=dt.UTC
    )


def test_confirmed_booking_stays_within_twelve_queries(
    booked: Booking, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = client_of(booked.applicant)
    with django_assert_max_num_queries(12):
        client.get(reverse("bookings:detail", args=[booked.public_id]))


def test_balance_is_paid_in_parts_from_the_page(booked: Booking, till: Till) -> None:
    client = client_of(booked.applicant)
    url = reverse("bookings:pay", args=[booked.public_id])
    assert client.post(url, {"part": "200"}).status_code == 303
    till.sandbox.control("pay", session=Payment.objects.latest("id").stripe_session_id)
    till.hear()
    page = client.get(reverse("bookings:detail", args=[booked.public_id])).content.decode()
    assert "Pay $850.00" in page
    assert "$850.00 is left" in page


@pytest.mark.parametrize("part", ["199.99", "-5", "abc", "1000", "1e9"])
def test_part_that_is_none_is_refused_in_words(booked: Booking, part: str) -> None:
    client = client_of(booked.applicant)
    url = reverse("bookings:pay", args=[booked.public_id])
    response = client.post(url, {"part": part})
    assert response.status_code == 409
    assert "at least $200.00" in response.content.decode()


def link_to(asked: PayerRequest) -> str:
    now = timezone.now()
    token = grant(
        SCOPE,
        subject_type=SUBJECT,
        subject_id=asked.pk,
        expires_at=now + timedelta(days=1),
        now=now,
    )
    return reverse("bookings:payer-door", args=[token])


def ask(booking: Booking) -> PayerRequest:
    return ask_payer(
        booking,
        name="Yusuf Rahmān",
        email="yusuf@example.test",
        residence="EG",
        actor=booking.applicant,
        now=timezone.now(),
    )


def test_payer_pays_by_the_link_and_gets_the_refund(booked: Booking, till: Till) -> None:
    url = link_to(ask(booked))
    client = Client()
    page = client.get(url).content.decode()
    assert "asks you to pay $1,050.00" in page
    assert booked.applicant.email not in page
    assert client.post(url).status_code == 303
    payment = Payment.objects.latest("id")
    till.sandbox.control("pay", session=payment.stripe_session_id)
    till.hear()
    payment.refresh_from_db()
    assert payment.payer.name == "Yusuf Rahmān"
    to = Mail.objects.filter(event="payments.received").values_list("address", flat=True)
    assert set(to) == {booked.applicant.email, "yusuf@example.test"}
    assert "paid in full" in client.get(url).content.decode()
    cancel_booking(
        booking_again(booked), Why(Reason.CHANGED_MIND), actor=booked.applicant, now=timezone.now()
    )
    first = Refund.objects.order_by("id")[0]
    assert first.payment == payment
    told_to = Mail.objects.filter(event="payments.refund_started").values_list("address", flat=True)
    assert "yusuf@example.test" in told_to
    assert till.agrees()


def test_payer_pays_a_part(booked: Booking, till: Till) -> None:
    url = link_to(ask(booked))
    assert Client().post(url, {"part": "300"}).status_code == 303
    till.sandbox.control("pay", session=Payment.objects.latest("id").stripe_session_id)
    till.hear()
    assert booked.balance_invoice is not None
    assert left_cents(booked.balance_invoice) == 75_000
    assert Client().post(url, {"part": "abc"}).status_code == 422


def test_page_of_the_applicant_and_of_the_payer_are_never_open_together(booked: Booking) -> None:
    client_of(booked.applicant).post(reverse("bookings:pay", args=[booked.public_id]))
    Client().post(link_to(ask(booked)))
    assert list(Payment.objects.order_by("id").values_list("state", flat=True)[1:]) == [
        "canceled",
        "pending",
    ]


def test_new_link_ends_the_one_before(booked: Booking) -> None:
    first = ask(booked)
    old = link_to(first)
    ask(booked)
    assert Client().get(old).status_code == 410
    assert PayerRequest.objects.filter(closed_at__isnull=True).count() == 1
    first.refresh_from_db()
    with pytest.raises(NothingToPay):
        begin_payer_payment(payer_request(first.pk), path="/x", cents=None, now=timezone.now())


def test_link_taken_back_opens_nothing(booked: Booking) -> None:
    url = link_to(ask(booked))
    client = client_of(booked.applicant)
    client.post(reverse("bookings:payer-end", args=[booked.public_id]))
    assert Client().get(url).status_code == 410
    assert Client().get("/d/pay/nonsense").status_code == 410


def test_link_to_a_canceled_booking_asks_nothing(booked: Booking) -> None:
    url = link_to(ask(booked))
    why = Why(Reason.CHANGED_MIND)
    cancel_booking(booked, why, actor=booked.applicant, now=timezone.now())
    assert "Nothing is due" in Client().get(url).content.decode()
    assert Client().post(url).status_code == 409


def test_payer_page_asks_and_says_what_is_out(booked: Booking, dora: User) -> None:
    client, url = client_of(booked.applicant), reverse("bookings:payer", args=[booked.public_id])
    CountryFactory(code="EG", name="Egypt")
    assert client.post(url, {"name": "", "email": "x"}).status_code == 422
    sent = {"name": "Yusuf", "email": "yusuf@example.test", "residence": "EG"}
    assert client.post(url, sent).status_code == 302
    assert "A link is out" in client.get(url).content.decode()
    mail = Mail.objects.get(event="bookings.payer_asked")
    assert mail.address == "yusuf@example.test"
    assert "path" not in mail.facts
    with pytest.raises(PermissionDenied):
        ask_payer(
            booked,
            name="a",
            email="b@example.test",
            residence="EG",
            actor=dora,
            now=timezone.now(),
        )
    with pytest.raises(PermissionDenied):
        take_back_payer(PayerRequest.objects.get(), actor=dora, now=timezone.now())


def test_no_money_is_taken_from_where_sanctions_refuse_it(booked: Booking) -> None:
    person, now = booked.applicant, timezone.now()
    client, url = client_of(person), reverse("bookings:payer", args=[booked.public_id])
    CountryFactory(code="CU", name="Cuba")
    sent = {"name": "Yusuf", "email": "yusuf@example.test", "residence": "CU"}
    refused = client.post(url, sent)
    assert refused.status_code == 409
    assert "do not let us take payments" in refused.content.decode()
    assert not PayerRequest.objects.exists()
    profile, residence = ensure_profile(person, now=now), CountryFactory(code="IR", name="Iran")
    Passport.objects.create(profile=profile, residence=residence, updated_at=now)
    own = client.post(reverse("bookings:pay", args=[booked.public_id]))
    assert own.status_code == 409
    assert "do not let us take payments" in own.content.decode()
    assert ask(booked).payer.name == "Yusuf Rahmān"


def test_nothing_due_asks_nobody(till: Till, opening: Opening, amina: User) -> None:
    booking = till.booked(opening, amina, days_before=60, balance=None)
    assert booking.balance_invoice is not None
    assert booking.balance_invoice.state == InvoiceState.PAID
    client = client_of(amina)
    url = reverse("bookings:payer", args=[booking.public_id])
    CountryFactory(code="EG", name="Egypt")
    sent = {"name": "Y", "email": "y@example.test", "residence": "EG"}
    assert client.post(url, sent).status_code == 409
