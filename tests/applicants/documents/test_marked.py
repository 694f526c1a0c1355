"""Pages that others see: whose name is drawn across them, and what is written down."""

import datetime as dt
import io

import pytest
from PIL import Image, ImageChops

from applicants.documents.actions import opening, show_page
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from tests.factories.papers import checked
from tests.usce.files.corpus import with_pages
from usce.accounts.models import User
from usce.audit.models import AccessLog
from usce.files import cage
from usce.files.queries import pages_of
from usce.files.streams import open_derivative
from usce.limits.actions import TooOften

KIND = DocumentKind.DIPLOMA


@pytest.fixture
def paper(amina: User, now: dt.datetime) -> Document:
    return checked(amina, now, with_pages(2), kind=KIND)


def shown(paper: Document, viewer: User, now: dt.datetime, number: int = 1) -> Image.Image:
    page = pages_of(paper.blob)[number - 1]
    response = show_page(paper, page, viewer=viewer, now=now)
    assert response["Cache-Control"] == "private, no-store"
    body = response.getvalue()
    assert len(body) == int(response["Content-Length"])
    return Image.open(io.BytesIO(body)).convert("L")


def test_name_and_day_are_drawn_for_all_but_the_owner(
    paper: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    own, other = shown(paper, amina, now), shown(paper, chen, now)
    assert min(own.tobytes()) > 250  # a blank page
    assert other.size == own.size
    assert min(other.tobytes()) < 230
    tomorrow = shown(paper, chen, now + dt.timedelta(days=1))
    assert ImageChops.difference(other, tomorrow).getbbox()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zoë Ünal", "Zoe Unal, 1 Jul 2026"),
        ("x" * 200, "x" * 40 + ", 1 Jul 2026"),
    ],
)
def test_mark_is_written_in_letters_that_can_be_drawn(
    chen: User, now: dt.datetime, name: str, words: str
) -> None:
    chen.full_name = name
    assert opening.mark_of(chen, now) == words


def test_name_that_cannot_be_drawn_becomes_a_reference(chen: User, now: dt.datetime) -> None:
    chen.full_name = "陳"
    assert opening.mark_of(chen, now).startswith(chen.public_id)


def test_every_visit_is_written_down_whichever_page_it_begins_with(
    paper: Document, chen: User, now: dt.datetime
) -> None:
    shown(paper, chen, now, number=2)
    shown(paper, chen, now, number=2)
    assert AccessLog.objects.count() == 1
    shown(paper, chen, now, number=1)
    shown(paper, chen, now + dt.timedelta(hours=2), number=2)
    assert AccessLog.objects.count() == 3


def test_nobody_draws_without_end(
    paper: Document, chen: User, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_PAGES_A_MINUTE", 2)
    for _number in range(2):
        shown(paper, chen, now)
    with pytest.raises(TooOften):
        shown(paper, chen, now)


def test_answer_that_nobody_waits_for_ends_its_child(paper: Document) -> None:
    page = pages_of(paper.blob)[0]
    plain = list(open_derivative(page))
    parts = cage.mark("Chen", plain)
    assert next(parts).kind == "page"
    parts.close()
    assert [len(b"".join(part.chunks)) == part.size for part in cage.mark("Chen", plain)] == [True]
