"""What is read in a paper beside its owner's claims."""

import datetime as dt

import pytest

from applicants.documents.actions import correct_dates, look_for_hints, remove_document
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document, StoredHint
from applicants.documents.queries import hints_for
from applicants.documents.rules.hints import written_in
from applicants.documents.tasks import look_at_paper
from tests.factories.papers import added, checked
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from tests.usce.files.corpus import picture
from usce.accounts.models import User
from usce.jobs.models import Job

TB = DocumentKind.TB_TEST
DAY = dt.date(2026, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "Read on 2026-04-05.",
        "Date: 4/5/26",
        "Date: 04/05/2026",
        "5.4.2026",
        "5th April 2026",
        "5 APR 2026",
        "Apr. 5, 2026",
        "April 05 2026",
    ],
)
def test_a_day_is_found_however_it_is_written(text: str) -> None:
    assert written_in(f"Quantiferon\n{text}\nnegative", DAY) in text


@pytest.mark.parametrize("text", ["", "2026-04-15", "14/5/2026", "April 5, 2025", "12026-04-05"])
def test_another_day_is_not_taken_for_it(text: str) -> None:
    assert written_in(text, DAY) == ""


def read(document: Document) -> list[tuple[str, str]]:
    job = Job.objects.filter(name="documents.look_for_hints").latest("id")
    look_at_paper(**job.args)
    return list(hints_for(document).values_list("name", "outcome"))


def test_reviewer_and_owner_see_what_was_read(amina: User, chen: User, now: dt.datetime) -> None:
    paper = checked(amina, now, pdf_bytes("Read on 5 April 2026"), kind=TB, issued_on=DAY)
    assert read(paper) == [("text", "fits"), ("dates", "fits")]
    for person, path in ((chen, "/staff/papers/"), (amina, "/documents/")):
        page = client_of(person).get(f"{path}{paper.public_id}").content.decode()
        assert "5 April 2026 stands on the paper." in page
        assert 'On the paper: <span dir="auto">Read on 5 April 2026</span>' in page


def test_corrected_date_is_looked_for_anew(amina: User, now: dt.datetime) -> None:
    paper = checked(amina, now, pdf_bytes("Read on 5 April 2026"), kind=TB, issued_on=DAY)
    read(paper)
    correct_dates(paper, issued_on=dt.date(2026, 4, 6), expires_on=None, actor=amina, now=now)
    assert read(paper) == [("text", "fits"), ("dates", "unclear")]


def test_a_picture_holds_no_text(amina: User, now: dt.datetime) -> None:
    paper = checked(amina, now, picture(), kind=TB, issued_on=DAY)
    assert read(paper) == [("text", "unclear")]


def test_nothing_is_read_before_the_file_is_clean_or_after_it_is_gone(
    amina: User, now: dt.datetime
) -> None:
    paper = added(amina, now, kind=TB, issued_on=DAY)
    look_for_hints(paper, now=now)
    assert not StoredHint.objects.exists()
    other = checked(amina, now, pdf_bytes("other"), kind=TB, issued_on=DAY)
    assert read(other)
    remove_document(other, actor=amina, now=now)
    assert not StoredHint.objects.exists()
    look_for_hints(other, now=now)
    assert not StoredHint.objects.exists()
