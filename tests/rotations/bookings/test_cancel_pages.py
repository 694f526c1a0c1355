"""The two screens of canceling, the page of the host, and the page on which staff decide."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from rotations.bookings.actions import Why, ask_to_cancel
from rotations.bookings.models import Booking, Cancellation
from rotations.bookings.queries import booking_again
from rotations.bookings.reasons import Reason
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.visits import client_of
from tests.rotations.bookings.money import Till
from usce.accounts.models import StaffRole, User


@pytest.fixture
def booked(till: Till, opening: Opening, amina: User) -> Booking:
    return till.booked(opening, amina, days_before=40)


@pytest.fixture
def letter(amina: User) -> Document:
    return DocumentFactory(
        owner=amina, kind=DocumentKind.CONSULATE_LETTER, state=DocumentState.ACCEPTED
    )


@pytest.fixture
def asked(booked: Booking, letter: Document) -> Cancellation:
    why = Why(Reason.VISA_REFUSED, "It came today.")
    return ask_to_cancel(booked, why, letter, actor=booked.applicant, now=timezone.now())


def test_two_screens_cancel_with_the_sum_that_was_shown(booked: Booking, till: Till) -> None:
    client = client_of(booked.applicant)
    first = reverse("bookings:cancel", args=[booked.public_id])
    assert "$300.00 back" in client.get(first).content.decode()
    assert client.get(first, {"reason": "nonsense"}).status_code == 422
    second = client.get(first, {"reason": "changed_mind"}).content.decode()
    assert "Cancel and get $300.00 back?" in second
    assert "Visa ending 4242" in second
    url = reverse("bookings:cancel-confirm", args=[booked.public_id])
    sent = {"reason": "changed_mind", "expected_cents": "60000", "words": ""}
    assert client.post(url, sent).status_code == 409
    assert client.post(url, sent | {"expected_cents": "30000"}).status_code == 302
    page = client.get(reverse("bookings:detail", args=[booked.public_id])).content.decode()
    assert "$300.00 of $600.00 goes back" in page
    assert client.post(url, sent).status_code == 409
    assert "cannot be canceled" in client.get(first).content.decode()
    assert till.agrees()


@pytest.mark.parametrize("sent", [{}, {"reason": "provider", "expected_cents": "1"}])
def test_confirming_what_was_not_asked_leads_back(booked: Booking, sent: dict[str, str]) -> None:
    url = reverse("bookings:cancel-confirm", args=[booked.public_id])
    assert client_of(booked.applicant).post(url, sent).status_code == 302
    assert booking_again(booked).state == BookingState.CONFIRMED


def test_reason_with_a_proof_asks_for_the_paper_and_keeps_the_seat(
    booked: Booking, letter: Document
) -> None:
    client, first = client_of(booked.applicant), reverse("bookings:cancel", args=[booked.public_id])
    page = client.get(first, {"reason": "visa_refused"}).content.decode()
    assert letter.public_id in page
    assert "$540.00" in page
    url = reverse("bookings:cancel-confirm", args=[booked.public_id])
    sent = {"reason": "visa_refused", "expected_cents": "54000", "proof": letter.public_id}
    assert client.post(url, sent).status_code == 302
    detail = client.get(reverse("bookings:detail", args=[booked.public_id])).content.decode()
    assert "Our staff look at your request" in detail
    assert "waits for our staff" in client.get(first).content.decode()
    client.post(reverse("bookings:cancel-withdraw", args=[booked.public_id]))
    assert Cancellation.objects.get().state == "withdrawn"


def test_without_the_paper_the_page_leads_to_adding_it(booked: Booking) -> None:
    client = client_of(booked.applicant)
    url = reverse("bookings:cancel", args=[booked.public_id])
    assert "A paper is needed" in client.get(url, {"reason": "visa_delayed"}).content.decode()
    waits = client.get(url, {"reason": "visa_processing"}).content.decode()
    assert "Moving a booking to later dates is not possible" in waits


def test_host_cancels_on_its_page(booked: Booking, bruno: User) -> None:
    application = booked.application
    url = reverse("bookings:provider-cancel", args=["lakeshore", application.public_id])
    client = client_of(bruno)
    assert "$600.00" in client.get(url).content.decode()
    assert client.post(url, {"expected_cents": "60000", "words": ""}).status_code == 422
    assert client.post(url, {"expected_cents": "1", "words": "Closed."}).status_code == 409
    assert client.post(url, {"expected_cents": "60000", "words": "Closed."}).status_code == 302
    assert client.get(url).status_code == 404
    page = client_of(booked.applicant).get(reverse("bookings:detail", args=[booked.public_id]))
    assert "Closed." in page.content.decode()


def test_staff_for_trust_cancel_for_rounds(booked: Booking) -> None:
    client = client_of(UserFactory(staff_roles=[StaffRole.TRUST]))
    url = reverse("bookings:staff-cancel", args=[booked.public_id])
    assert client.get(url).status_code == 200
    sent = {"expected_cents": "60000", "words": "The provider is suspended."}
    assert client.post(url, sent).status_code == 302
    assert booking_again(booked).cancel_reason == Reason.PLATFORM


def test_staff_see_both_sums_then_confirm_one(asked: Cancellation, chen: User) -> None:
    url, client = reverse("bookings:cancellation", args=[asked.public_id]), client_of(chen)
    page = client.get(url).content.decode()
    assert "$540.00 back (90 %)" in page
    assert "$300.00 back (50 %)" in page
    assert "$540.00 goes back" in client.get(url, {"decision": "accept"}).content.decode()
    assert client.post(url, {"decision": "accept"}).status_code == 422
    sent = {"decision": "accept", "expected_cents": "1"}
    assert client.post(url, sent).status_code == 409
    assert client.post(url, sent | {"expected_cents": "54000"}).status_code == 302
    assert "Decided. $540.00 of $600.00" in client.get(url).content.decode()


def test_staff_decline_with_a_reason(asked: Cancellation, chen: User) -> None:
    url, client = reverse("bookings:cancellation", args=[asked.public_id]), client_of(chen)
    assert client.post(url, {"decision": "decline", "answer": ""}).status_code == 422
    sent = {"decision": "decline", "answer": "Another person's letter."}
    assert client.post(url, sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("declined", "Another person's letter.")
