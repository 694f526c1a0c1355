"""What the caged reader makes of files, and what no file can make of it."""

import datetime as dt
import io
import re
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from tests.factories.accounts import UserFactory
from tests.support.pdf import pdf_bytes
from tests.support.races import at_once
from tests.usce.files import corpus
from tests.usce.files.conftest import Uploader
from usce.accounts.models import User
from usce.files import cage
from usce.files.actions import delete_orphans, scan_blob, store_upload
from usce.files.cage import ReaderDied, Seen, read
from usce.files.models import Blob, Derivative
from usce.files.queries import checks_of, pages_of
from usce.files.states import BlobState
from usce.files.streams import download, open_original, show_page, text_of

PDF, JPEG = "application/pdf", "image/jpeg"


def made_of(content: bytes, kind: str = PDF) -> tuple[dict[tuple[str, int], bytes], list[Seen]]:
    report: list[Seen] = []
    parts = {}
    for part in read(kind, [content], report=report):
        parts[part.kind, part.number] = b"".join(part.chunks)
    return parts, report


@pytest.fixture
def kept(upload: Uploader, amina: User, now: dt.datetime, scanner: str) -> "Keeper":
    return Keeper(upload, amina, now)


class Keeper:
    def __init__(self, upload: Uploader, owner: User, now: dt.datetime) -> None:
        self.upload, self.owner, self.now = upload, owner, now

    def __call__(self, content: bytes, name: str = "paper.pdf") -> Blob:
        blob = store_upload(self.upload(content, name), owner=self.owner, now=self.now)
        scan_blob(blob, now=self.now)
        return blob


@pytest.mark.parametrize("name", corpus.REFUSED)
def test_what_cannot_be_taken_is_refused_with_its_sentence(kept: Keeper, name: str) -> None:
    make, sentence = corpus.REFUSED[name]
    blob = kept(make())
    assert blob.state == BlobState.REFUSED
    last = checks_of(blob).last()
    assert last is not None
    assert sentence in last.detail
    assert not Derivative.objects.exists()


def test_refused_file_leaves_nothing_behind_but_itself(kept: Keeper, storage: Path) -> None:
    kept(corpus.stream_bomb())
    assert len([file for file in storage.rglob("*") if file.is_file()]) == 1


def test_what_acts_by_itself_is_gone(kept: Keeper) -> None:
    blob = kept(corpus.acting())
    assert blob.state == BlobState.CLEAN
    served = b"".join(download(blob, "a.pdf").streaming_content)  # type: ignore[arg-type]
    with pikepdf.open(io.BytesIO(served)) as pdf:
        out = io.BytesIO()
        pdf.save(out, qdf=True)
        plain = out.getvalue()
        assert len(pdf.attachments) == 0
    for word in (b"JavaScript", b"/JS", b"Launch", b"calc.exe", b"/OpenAction", b"/AA", b"XFA",
                 b"AcroForm", b"EmbeddedFile", b"MZ hidden", b"Secret", b"/Annots"):  # fmt: skip
        assert word not in plain, word
    assert "an honest line" in text_of(blob)
    assert "removed" in checks_of(blob).get(name="active content").detail


def test_owner_password_alone_is_dropped(kept: Keeper) -> None:
    blob = kept(corpus.with_password(user="", owner="y"))
    served = b"".join(download(blob, "a.pdf").streaming_content)  # type: ignore[arg-type]
    assert b"/Encrypt" not in served
    assert "behind a door" in text_of(blob)


def test_what_a_page_inherits_comes_along(kept: Keeper) -> None:
    blob = kept(corpus.inherited_box())
    (page,) = pages_of(blob)
    assert (page.width, page.height) == (1224, 1584)


def test_forty_pages_are_drawn_in_order(kept: Keeper) -> None:
    blob = kept(corpus.with_pages(40))
    assert [page.number for page in pages_of(blob)] == list(range(1, 41))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_picture_is_drawn_upright_without_what_it_told(kept: Keeper, form: str) -> None:
    blob = kept(corpus.picture(form, turned=6), f"photo.{form.lower()}")
    response = download(blob, "photo.heic")
    assert response["Content-Disposition"].endswith("photo.jpg")
    image = Image.open(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[arg-type]
    assert image.size == (300, 400)
    assert not image.getexif()
    right_corner = image.convert("L").crop((290, 2, 296, 8))  # black, as the picture is turned
    assert max(right_corner.tobytes()) < 30


def test_large_photo_of_a_phone_becomes_a_page(kept: Keeper) -> None:
    (page,) = pages_of(kept(corpus.picture(size=(4000, 3000)), "photo.jpg"))
    assert (page.width, page.height) == (2000, 1500)
    response = show_page(page)
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8")  # type: ignore[arg-type]


def test_two_kinds_in_one_file_become_one(kept: Keeper) -> None:
    blob = kept(corpus.picture() + b"PK\x03\x04" + b"hidden" * 20, "photo.jpg")
    served = b"".join(download(blob, "photo.jpg").streaming_content)  # type: ignore[arg-type]
    assert b"hidden" not in served
    assert b"hidden" in b"".join(open_original(blob))


def test_reader_runs_without_our_code_environment_or_files() -> None:
    source = cage.READER.read_text()
    assert not re.search(r"^\s*(from|import) (usce|django)", source, re.MULTILINE)
    assert "RLIMIT_AS" in source


def test_file_that_fells_the_reader_is_refused(
    kept: Keeper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "reader.py"
    broken.write_text(
        "import os, sys\n"
        "header = {'kind': 'cleaned', 'number': 0, 'media_type': 'application/pdf', 'size': 99}\n"
        "import json\n"
        "sys.stdout.buffer.write(json.dumps(header).encode() + b'\\nx')\n"
        "sys.stdout.buffer.flush()\nos.abort()\n"
    )
    monkeypatch.setattr(cage, "READER", broken)
    blob = kept(pdf_bytes())
    assert blob.state == BlobState.REFUSED
    last = checks_of(blob).last()
    assert last is not None
    assert "could not be read safely" in last.detail


def test_reader_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless = tmp_path / "reader.py"
    endless.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(cage, "READER", endless)
    monkeypatch.setattr(cage, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(ReaderDied):
        list(read(PDF, [b"x" * 10_000_000], report=[]))
    assert time.monotonic() - began < 20


def test_two_workers_at_one_file_leave_the_work_of_one(
    clean_db: str, upload: Uploader, scanner: str, storage: Path, now: dt.datetime
) -> None:
    blob = store_upload(upload(pdf_bytes()), owner=UserFactory(), now=now)

    def work() -> None:
        scan_blob(Blob.objects.get(pk=blob.pk), now=now)

    assert at_once([work] * 3) == {"NoneType": 3}
    assert Derivative.objects.count() == 3
    assert checks_of(blob).count() == 5
    assert len([file for file in storage.rglob("*") if file.is_file()]) == 4


def test_what_a_dead_worker_left_is_swept(kept: Keeper, storage: Path, now: dt.datetime) -> None:
    blob = kept(pdf_bytes())
    (storage / "derivatives" / "orphan").write_bytes(b"x")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    assert delete_orphans(older_than=later - dt.timedelta(hours=1)) == 0
    assert delete_orphans(older_than=later) == 1
    assert b"".join(open_original(blob)) == pdf_bytes()
    assert len(pages_of(blob)) == 1
