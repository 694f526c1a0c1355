"""Reminders: once each, whatever the clock or the beat does; and many at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applicants.documents.actions import remind_of_ends
from applicants.documents.actions.reminding import OWNERS_AT_ONCE
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document, Reminder
from applicants.documents.states import DocumentState
from tests.factories.accounts import UserFactory
from tests.factories.documents import BlobFactory, DocumentFactory
from tests.support.races import at_once
from usce.accounts.models import User
from usce.notifications.models import Mail

END = dt.date(2027, 6, 1)


def ending(owner: User, kind: str = DocumentKind.TB_TEST, until: dt.date = END) -> Document:
    return DocumentFactory(owner=owner, kind=kind, state=DocumentState.ACCEPTED, valid_until=until)


def on(days_before: int, hour: int = 12) -> dt.datetime:
    day = END - dt.timedelta(days=days_before)
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def steps() -> list[int]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


@pytest.mark.django_db
def test_each_hour_of_seventy_days_tells_each_step_once(dora: User) -> None:
    ending(dora)
    moment, told = on(70), 0
    while moment <= on(-3):
        told += remind_of_ends(moment)
        moment += dt.timedelta(hours=6)
    assert steps() == [60, 30, 14, 7, 1]
    assert told == Mail.objects.count() == 5


@pytest.mark.django_db
def test_after_an_outage_only_the_step_of_now_is_told(dora: User) -> None:
    ending(dora)
    remind_of_ends(on(60))
    for _twice in range(2):
        remind_of_ends(on(5))
    assert steps() == [60, 7]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "hour", "days"),
    [("Asia/Tokyo", 15, 30), ("Asia/Tokyo", 14, 31), ("America/Los_Angeles", 6, 31)],
)
def test_the_owners_midnight_decides(dora: User, zone: str, hour: int, days: int) -> None:
    """15:00 UTC is the next day in Tokyo; 06:00 UTC the day before in Los Angeles."""
    User.objects.filter(pk=dora.pk).update(time_zone=zone)
    ending(dora)
    moment = on(31, hour) if zone == "Asia/Tokyo" else on(30, hour)
    remind_of_ends(moment)
    facts = Mail.objects.get().facts
    assert facts["papers"][0]["days"] == days


@pytest.mark.django_db
def test_papers_of_one_day_come_in_one_mail_and_urgent_ones_apart(dora: User) -> None:
    ending(dora)
    ending(dora, DocumentKind.BLS_CARD, END + dt.timedelta(days=1))
    ending(dora, DocumentKind.PHYSICAL_EXAM, END + dt.timedelta(days=23))
    assert remind_of_ends(on(7)) == 2
    soon = Mail.objects.get(event="documents.ending_soon").facts
    later = Mail.objects.get(event="documents.expiring").facts
    assert [paper["kind"] for paper in soon["papers"]] == ["TB test"]
    assert [paper["kind"] for paper in later["papers"]] == ["BLS card", "Physical exam"]
    assert (later["first"], later["others"], later["path"]) == ("BLS card", 1, "/documents")


@pytest.mark.django_db
def test_corrected_date_is_reminded_of_anew(dora: User) -> None:
    paper = ending(dora)
    remind_of_ends(on(30))
    Document.objects.filter(pk=paper.pk).update(valid_until=END + dt.timedelta(days=20))
    remind_of_ends(on(10))
    assert list(Reminder.objects.order_by("pk").values_list("step", "until")) == [
        (30, END),
        (30, END + dt.timedelta(days=20)),
    ]


def test_two_beats_at_once_tell_it_once(clean_db: str) -> None:
    owner = UserFactory()
    ending(owner)
    at_once([lambda: remind_of_ends(on(30))] * 4)
    assert Mail.objects.count() == Reminder.objects.count() == 1


@pytest.mark.django_db
def test_ten_thousand_papers_go_by_batches(dora: User) -> None:
    """Two queries for each batch of owners, however many papers; nothing is told, all were."""
    owners = UserFactory.create_batch(2)
    blobs = [BlobFactory(owner=owner) for owner in owners]
    Document.objects.bulk_create(
        Document(
            owner=owners[number % 2], kind=DocumentKind.TB_TEST, blob=blobs[number % 2],
            file_name="x", state=DocumentState.ACCEPTED, valid_until=END, uploaded_at=on(90),
        )
        for number in range(10_000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        assert remind_of_ends(on(30)) == 2
    assert len(asked) < 40
    assert OWNERS_AT_ONCE < 10_000
