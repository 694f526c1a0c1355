"""What readiness tells, and the one id from a page to what its job wrote."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rotations.bookings.models import Booking
from rotations.catalog.models import Opening
from tests.factories.stories import a_named_applicant, an_offer, an_opening
from tests.factories.visits import client_of
from usce import views
from usce.audit.models import AuditEntry
from usce.cache import SoftRedisCache
from usce.jobs.models import Job, JobState
from usce.jobs.tasks import drain


@pytest.fixture
def told(settings: Settings) -> None:
    settings.HAS_DEVSTACK = True


def ready() -> tuple[int, dict[str, object]]:
    response = Client().get("/readyz")
    return response.status_code, response.json()


def test_all_is_well(db: None, told: None) -> None:
    assert ready() == (200, {"ready": True, "database": "ok", "cache": "ok", "queue": "ok"})


def test_pages_are_ready_without_the_cache(
    db: None, told: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "cache", SoftRedisCache("redis://127.0.0.1:1/0", {}))
    status, said = ready()
    assert (status, said["ready"], said["cache"]) == (200, True, "away")


@pytest.mark.parametrize(("age", "word"), [(115, "ok"), (130, "late")])
def test_late_queue_is_told_and_decides_nothing(db: None, told: None, age: int, word: str) -> None:
    now = timezone.now()
    Job.objects.create(
        name="t.late", args={}, created_at=now, run_after=now - dt.timedelta(seconds=age)
    )
    status, said = ready()
    assert (status, said["queue"]) == (200, word)


def test_job_that_is_done_is_never_late(db: None, told: None, now: dt.datetime) -> None:
    Job.objects.create(name="t.done", args={}, created_at=now, run_after=now, state=JobState.DONE)
    assert ready()[1]["queue"] == "ok"


def test_cache_is_really_asked(db: None, told: None) -> None:
    ready()
    assert cache.get("rounds.reachable") == "1"


def test_one_id_leads_from_the_page_to_what_its_job_wrote(clean_db: str) -> None:
    opening = an_opening(price_cents=0, platform_fee_cents=0, deposit_cents=0)
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    opening.refresh_from_db()
    person = a_named_applicant()
    offer = an_offer(opening, person, timezone.now())
    answer = client_of(person).post(
        f"/offers/{offer.public_id}",
        {"answer": "accept", "agreed": "on"},
        headers={"X-Request-Id": "page-0001"},
    )
    assert (answer.status_code, answer["X-Request-Id"]) == (302, "page-0001")
    assert Job.objects.filter(request_id="page-0001").exists()
    before = AuditEntry.objects.filter(request_id="page-0001").count()
    assert before > 0
    drain()
    booking = Booking.objects.get()
    assert booking.state == "confirmed"
    written = AuditEntry.objects.filter(request_id="page-0001")
    assert written.count() > before
    assert written.filter(action="bookings.booking.confirmed").exists()
