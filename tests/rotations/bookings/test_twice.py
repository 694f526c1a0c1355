"""Each button of the way from a draft to a paid seat, pressed twice: a double click, a second tab,
the back button. The second press leads where the first did, or says why not; nothing is made twice.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from payments.models import Invoice, Payment
from rotations.applications.models import Application
from rotations.bookings.actions import accept_offer
from rotations.bookings.models import Booking, Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.stories import a_far_opening, an_application, an_offer, name
from tests.factories.visits import client_of
from usce.accounts.models import ConsentRecord, User
from usce.audit.models import AuditEntry
from usce.cases.models import Case
from usce.devstack.stripe_sandbox import SandboxServer
from usce.jobs.models import Job
from usce.notifications.models import Mail

COUNTED: tuple[type[Model], ...] = (
    Application, AuditEntry, Booking, Case, ConsentRecord, Invoice, Job, Mail, Offer, Payment,
)  # fmt: skip


@pytest.fixture
def now() -> dt.datetime:
    """Pages read the clock themselves, so these stories begin today."""
    return timezone.now()


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return a_far_opening(provider)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        settings.STRIPE_SECRET_KEY = "sk_test_suite"
        settings.STRIPE_API_BASE = server.base_url
        yield server


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def twice(client: Client, place: str, **told: str) -> tuple[Any, Any]:
    """Both answers; what the first wrote stands, and the second added nothing to it."""
    first = client.post(place, told)
    after = counts()
    second = client.post(place, told)
    assert counts() == after
    return first, second


def test_draft_begun_twice_is_one(opening: Opening, amina: User) -> None:
    place = reverse("applications:apply", args=[opening.rotation.public_id])
    client = client_of(amina)
    told = {"opening": opening.public_id, "statement": "I want to learn."}
    an_application(opening, amina, "draft")
    first, second = (client.post(place, told) for _ in range(2))
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    assert Application.objects.count() == 1


def test_application_sent_twice_is_sent_once(opening: Opening, amina: User) -> None:
    name(amina)
    draft = an_application(opening, amina, "draft")
    place = reverse("applications:send", args=[draft.public_id])
    first, second = twice(client_of(amina), place)
    assert first.status_code == 302
    assert second.status_code in (302, 409)
    assert Case.objects.count() == 1


def test_review_decided_twice_is_decided_once(opening: Opening, amina: User, chen: User) -> None:
    waiting = an_application(opening, amina, "in_review")
    place = reverse("applications:review", args=[waiting.public_id])
    first, second = twice(client_of(chen), place, decision="forward", reason="")
    assert (first.status_code, second.status_code) == (302, 409)


def test_offer_sent_twice_is_one(opening: Opening, amina: User, bruno: User) -> None:
    application = an_application(opening, amina)
    slug = application.rotation.provider.slug
    place = reverse("bookings:provider-offer", args=[slug, application.public_id])
    until = timezone.now().date() + dt.timedelta(days=5)
    first, second = twice(client_of(bruno), place, until_on=until.isoformat())
    assert first.status_code == 302
    assert second.status_code in (409, 422)
    assert Offer.objects.count() == 1


def test_seat_accepted_twice_is_one_seat(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    offer = an_offer(opening, amina, now)
    place = reverse("bookings:offer", args=[offer.public_id])
    first, second = twice(client_of(amina), place, answer="accept", agreed="on")
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    opening.refresh_from_db()
    assert opening.taken == 1


def test_offer_declined_twice_is_declined_once(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    offer = an_offer(opening, amina, now)
    place = reverse("bookings:offer", args=[offer.public_id])
    first, second = twice(client_of(amina), place, answer="decline")
    assert first.status_code == 302
    assert second.status_code in (302, 409)


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_other_answer_from_another_tab_is_refused(
    opening: Opening, amina: User, bruno: User, now: dt.datetime, answer: str
) -> None:
    offer = an_offer(opening, amina, now)
    place = reverse("bookings:offer", args=[offer.public_id])
    client = client_of(amina)
    other = {"accept": "decline", "decline": "accept"}[answer]
    assert client.post(place, {"answer": answer, "agreed": "on"}).status_code == 302
    before = counts()
    assert client.post(place, {"answer": other, "agreed": "on"}).status_code == 409
    assert counts() == before


def test_back_to_the_offer_after_accepting_has_no_second_accept(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    offer = an_offer(opening, amina, now)
    accept_offer(offer, agreed=True, actor=amina, now=now)
    page = client_of(amina).get(reverse("bookings:offer", args=[offer.public_id]))
    assert 'value="accept"' not in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"


def test_pay_pressed_twice_opens_one_page(
    opening: Opening, amina: User, bruno: User, now: dt.datetime, sandbox: SandboxServer
) -> None:
    booking = accept_offer(an_offer(opening, amina, now), agreed=True, actor=amina, now=now)
    place = reverse("bookings:pay", args=[booking.public_id])
    first, second = twice(client_of(amina), place)
    assert (first.status_code, second["Location"]) == (303, first["Location"])
    assert len(sandbox.store.all("checkout.session")) == 1
