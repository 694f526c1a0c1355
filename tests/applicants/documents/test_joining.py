"""Photos of one paper become one PDF, in the order that was chosen, in the cage."""

import datetime as dt
import io
from collections.abc import Sequence

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from applicants.documents.models import Document
from tests.factories.papers import upload
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.files.crypto import decrypt
from usce.files.incoming import incoming_of, keep_upload, taken
from usce.files.joining import MOST_PAGES, CannotJoin, join_pages
from usce.files.models import Incoming
from usce.files.queries import pages_of
from usce.files.tasks import scan_stored_blob

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)
JOIN = "/documents/incoming/join"


def photo(color: tuple[int, int, int], kind: str = "JPEG", side: int = 400) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side * 3 // 4, side), color).save(out, kind)
    return out.getvalue()


def wait(owner: User, contents: Sequence[bytes], now: dt.datetime) -> list[Incoming]:
    for number, content in enumerate(contents, 1):
        keep_upload(upload(content), f"IMG {number}.jpg", owner=owner, now=now)
    return list(incoming_of(owner))


def colors_of(one: Incoming, now: dt.datetime) -> list[tuple[int, ...]]:
    """The color in the middle of each page of what waits."""
    with taken(one, now=now) as file:
        content = b"".join(decrypt(file.chunks(), file.key))
    assert content.startswith(b"%PDF")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "/JavaScript" not in str(pdf.Root)
    pages = []
    for page in pypdfium2.PdfDocument(content):
        picture = page.render(scale=0.2).to_pil().convert("RGB")
        middle = picture.getpixel((picture.width // 2, picture.height // 2))
        pages.append(tuple(200 if part > 100 else 0 for part in middle))
    return pages


def test_photos_become_one_paper_in_the_chosen_order(amina: User, now: dt.datetime) -> None:
    red, green, blue = wait(amina, [photo(RED), photo(GREEN, "PNG"), photo(BLUE, "WEBP")], now)
    join_pages([blue, red, green], "all.pdf", owner=amina, now=now)
    (one,) = incoming_of(amina)
    assert (one.name, one.is_whole) == ("all.pdf", True)
    assert colors_of(one, now) == [BLUE, RED, GREEN]


@pytest.mark.parametrize("bad", [b"GIF89a nothing", b"\xff\xd8\xff\xe0 breaks off", b"%PDF-1.7"])
def test_one_that_is_no_picture_stops_it_and_all_wait_on(
    amina: User, now: dt.datetime, bad: bytes
) -> None:
    pages = wait(amina, [photo(RED), bad], now)
    with pytest.raises(CannotJoin, match="Page 2: This picture is damaged"):
        join_pages(pages, "all.pdf", owner=amina, now=now)
    assert list(incoming_of(amina).filter(taken_at=None)) == pages


def test_bomb_among_photos_is_refused(amina: User, now: dt.datetime) -> None:
    pages = wait(amina, [photo(RED), photo(RED, "PNG", 9000)], now)
    with pytest.raises(CannotJoin, match="Page 2: This picture is too large"):
        join_pages(pages, "all.pdf", owner=amina, now=now)


def test_number_and_size_are_bounded(
    amina: User, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = wait(amina, [photo(RED), photo(GREEN)], now)
    for wrong in ([], pages[:1], pages * MOST_PAGES):
        with pytest.raises(CannotJoin, match="two to 12 photos"):
            join_pages(wrong, "all.pdf", owner=amina, now=now)
    monkeypatch.setattr("usce.files.joining.MOST_BYTES", 100)
    with pytest.raises(CannotJoin, match="too large together"):
        join_pages(pages, "all.pdf", owner=amina, now=now)


def test_reader_that_dies_leaves_all_waiting(
    amina: User, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = wait(amina, [photo(RED), photo(GREEN)], now)
    monkeypatch.setattr("usce.files.cage.SECONDS", 0)
    with pytest.raises(CannotJoin, match="cannot be read as a picture"):
        join_pages(pages, "all.pdf", owner=amina, now=now)
    assert list(incoming_of(amina).filter(taken_at=None)) == pages


def test_page_joins_what_is_chosen(amina: User, dora: User) -> None:
    now, client = timezone.now(), client_of(amina)
    first, second, third = wait(amina, [photo(RED), photo(GREEN), photo(BLUE)], now)
    assert "Photos of one paper" in client.get("/documents/incoming").content.decode()
    twice = {f"page-{one.public_id}": "1" for one in (first, second, third)}
    refused = client.post(JOIN, twice)
    assert refused.status_code == 422
    assert "same page number" in refused.content.decode()
    order = ((third, "1"), (first, "2"), (second, "0"))
    told = {f"page-{one.public_id}": number for one, number in order}
    assert client_of(dora).post(JOIN, told).status_code == 409
    assert client.post(JOIN, told).status_code == 302
    page = client.get("/documents/incoming").content.decode()
    assert "2 photos are one paper now" in page
    assert "Photos of one paper" not in page
    left, made = incoming_of(amina)
    assert (left, made.name) == (second, "IMG 3 and 1 more.pdf")
    assert colors_of(made, now) == [BLUE, RED]


def test_joined_paper_goes_through_every_check(amina: User, scanner: None) -> None:
    client: Client = client_of(amina)
    wait(amina, [photo(RED), photo(GREEN)], timezone.now())
    told = {f"page-{one.public_id}": str(n) for n, one in enumerate(incoming_of(amina), 1)}
    client.post(JOIN, told)
    (made,) = incoming_of(amina)
    sent = {"upload": made.public_id}
    there = client.post("/documents/add?kind=diploma", sent)["Location"]
    document = there.rsplit("/", 1)[-1]
    blob = Document.objects.get(public_id=document).blob
    scan_stored_blob(blob.pk)
    blob.refresh_from_db()
    assert (blob.state, blob.media_type) == ("clean", "application/pdf")
    assert len(pages_of(blob)) == 2
