import datetime as dt
import io
import os
import socket
import threading
import zipfile
import zlib
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.support.pdf import pdf_bytes
from tests.usce.files.conftest import Uploader
from usce.accounts.models import User
from usce.devstack.scanner.engine import EICAR, find
from usce.files.actions import UploadRefused, erase_blob, scan_blob, store_upload
from usce.files.crypto import Encryptor, Tampered, decrypt, kek_id, new_key, unwrap, wrap
from usce.files.models import Blob, Derivative, WrappedKey
from usce.files.queries import checks_of
from usce.files.scanning import ScannerAway, Verdict
from usce.files.states import BlobState
from usce.files.streams import NotServable, download, open_clean, text_of
from usce.files.tasks import queue_forgotten_scans, scan_stored_blob
from usce.jobs.models import Job
from usce.permissions import SYSTEM


def sealed(plain: bytes, key: bytes) -> bytes:
    encryptor = Encryptor(key)
    return encryptor.update(plain) + encryptor.finish()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_any_size_comes_back(size: int) -> None:
    key, plain = new_key(), os.urandom(size)
    assert b"".join(decrypt([sealed(plain, key)], key)) == plain


def frames(stored: bytes) -> list[bytes]:
    found = []
    while stored:
        size = int.from_bytes(stored[:4]) + 4
        found.append(stored[:size])
        stored = stored[size:]
    return found


@pytest.mark.parametrize(
    "harm", ["cut", "drop", "swap", "repeat", "flip", "short", "empty", "long"]
)
def test_any_harm_is_noticed(harm: str) -> None:
    key = new_key()
    whole = frames(sealed(os.urandom(200_000), key))
    harmed = {
        "cut": whole[:-1],
        "drop": [whole[0], *whole[2:]],
        "swap": [whole[1], whole[0], *whole[2:]],
        "repeat": [whole[0], *whole],
        "flip": [whole[0][:-1] + bytes([whole[0][-1] ^ 1]), *whole[1:]],
        "short": [*whole[:-1], whole[-1][:-3]],
        "empty": [],
        "long": [b"\xff\xff\xff\xff"],
    }[harm]
    with pytest.raises(Tampered):
        list(decrypt(harmed, key))


def test_key_opens_only_under_its_kek() -> None:
    key = new_key()
    assert unwrap(wrap(key, b"k" * 32), b"k" * 32) == key
    assert kek_id(b"k" * 32) != kek_id(b"j" * 32)
    with pytest.raises(Tampered):
        unwrap(wrap(key, b"k" * 32), b"j" * 32)


@pytest.fixture
def blob(upload: Uploader, amina: User, now: dt.datetime) -> Blob:
    return store_upload(upload(pdf_bytes("CANARY-7431")), owner=amina, now=now)


def test_clean_file_is_scanned_and_served(blob: Blob, scanner: str, now: dt.datetime) -> None:
    scan_blob(blob, now=now)
    assert (blob.state, blob.media_type) == (BlobState.CLEAN, "application/pdf")
    names = ["type", "structure", "active content", "pages", "malware"]
    assert [c.name for c in checks_of(blob)] == names
    response = download(blob, "CV “ñ”.pdf")
    served = b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert served.startswith(b"%PDF-")
    assert len(served) == int(response["Content-Length"])
    assert "CANARY-7431" in text_of(blob)
    assert "filename*=UTF-8''CV%20" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


def test_no_readable_byte_is_kept_anywhere(
    blob: Blob, storage: Path, scanner: str, now: dt.datetime
) -> None:
    scan_blob(blob, now=now)
    assert len([file for file in storage.rglob("*") if file.is_file()]) == 4
    for file in storage.rglob("*"):
        assert file.is_dir() or b"CANARY-7431" not in file.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text, k::text FROM files_blob b, files_wrappedkey k")
        assert "CANARY-7431" not in str(cursor.fetchall())


def test_unscanned_file_is_never_served(blob: Blob) -> None:
    with pytest.raises(NotServable):
        open_clean(blob)


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", content)
    return out.getvalue()


def pdf_around(content: bytes) -> bytes:
    stream = zlib.compress(content)
    inner = b"9 0 obj\n<< /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\nxref\n" % stream
    return pdf_bytes().replace(b"xref\n", inner, 1)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (EICAR, "cv.pdf"),
        (EICAR, "cv.pdf.exe"),
        (zipped(EICAR), "cv.pdf"),
        (zipped(zipped(EICAR)), "cv.pdf"),
        (b"<html>", "cv.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cv.png"),
        (pdf_bytes()[:200], "cv.pdf"),
        (b"MZ" + pdf_bytes(), "cv.pdf"),
    ],
)
def test_what_is_no_honest_file_is_refused(
    upload: Uploader, amina: User, now: dt.datetime, scanner: str, content: bytes, name: str
) -> None:
    blob = store_upload(upload(content, name), owner=amina, now=now)
    scan_blob(blob, now=now)
    assert blob.state == BlobState.REFUSED
    with pytest.raises(NotServable):
        open_clean(blob)


def test_virus_inside_a_pdf_is_found(
    upload: Uploader, amina: User, now: dt.datetime, scanner: str
) -> None:
    blob = store_upload(upload(pdf_bytes() + b"\n%" + EICAR + b"\n%%EOF\n"), owner=amina, now=now)
    scan_blob(blob, now=now)
    assert blob.state == BlobState.REFUSED
    found = checks_of(blob).get(name="malware")
    assert found.result == "failed"
    assert found.engine


def test_development_scanner_looks_into_compressed_streams() -> None:
    assert find(pdf_around(EICAR)) == "Eicar-By-Text"
    assert find(pdf_around(b"harmless")) == ""
    assert find(b"PK broken") == ""
    assert find(EICAR) == "Eicar-By-Digest"


def test_scanned_twice_is_checked_once(blob: Blob, scanner: str, now: dt.datetime) -> None:
    scan_blob(blob, now=now)
    scan_blob(blob, now=now)
    assert checks_of(blob).count() == 5
    assert Derivative.objects.filter(blob=blob).count() == 3


@pytest.mark.parametrize("address", ["", "unix:///nowhere/at/all", "tcp://127.0.0.1:1"])
def test_without_a_scanner_the_file_stays_closed(
    blob: Blob, settings: Settings, now: dt.datetime, address: str
) -> None:
    settings.CLAMAV_ADDRESS = address
    with pytest.raises(ScannerAway):
        scan_blob(blob, now=now)
    blob.refresh_from_db()
    assert blob.state == BlobState.QUARANTINED


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"nonsense\0"])
def test_unclear_answer_is_not_clean(
    blob: Blob, settings: Settings, now: dt.datetime, answer: bytes
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    settings.CLAMAV_ADDRESS = f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    def speak() -> None:
        for reply in (b"clamd\0", b"clamd\0", answer):
            link, _peer = listener.accept()
            with link:
                link.recv(1 << 20)
                link.sendall(reply)

    thread = threading.Thread(target=speak)
    thread.start()
    with pytest.raises(ScannerAway):
        scan_blob(blob, now=now)
    thread.join()
    listener.close()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("Heuristics.Encrypted.PDF", "This PDF has a password"),
        ("Heuristics.Encrypted.7Zip", "Something in this file has a password"),
        ("Heuristics.Limits.Exceeded.MaxFileSize", "unpacks to far more"),
    ],
)
def test_what_the_scanner_could_not_look_into_is_not_called_harmful(found: str, words: str) -> None:
    assert words in Verdict(found, "clamd").obstacle


@pytest.mark.parametrize("found", ["Eicar-By-Text", "Heuristics.OLE2.ContainsMacros", ""])
def test_harm_is_no_obstacle(found: str) -> None:
    assert Verdict(found, "clamd").obstacle == ""


def test_production_takes_no_word_from_the_development_scanner(
    blob: Blob, scanner: str, settings: Settings, now: dt.datetime
) -> None:
    if scanner == "development":
        settings.IS_PRODUCTION = True
        with pytest.raises(ScannerAway, match="decides nothing in production"):
            scan_blob(blob, now=now)


def test_empty_and_large_files_are_refused_with_a_sentence(
    upload: Uploader, amina: User, now: dt.datetime, settings: Settings
) -> None:
    with pytest.raises(UploadRefused, match="is empty"):
        store_upload(upload(b""), owner=amina, now=now)
    settings.FILE_UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(UploadRefused, match="larger than 1 MB"):
        store_upload(upload(b"x" * (1024 * 1024 + 1)), owner=amina, now=now)


def test_same_file_is_kept_once_per_owner(
    upload: Uploader, amina: User, dora: User, now: dt.datetime
) -> None:
    mine = [store_upload(upload(pdf_bytes()), owner=amina, now=now) for _n in range(2)]
    theirs = store_upload(upload(pdf_bytes()), owner=dora, now=now)
    assert mine[0] == mine[1]
    assert theirs != mine[0]


def test_erasing_destroys_every_key_and_object(
    blob: Blob, storage: Path, scanner: str, now: dt.datetime
) -> None:
    scan_blob(blob, now=now)
    assert WrappedKey.objects.count() == 4
    erase_blob(blob, actor=SYSTEM, now=now)
    assert blob.state == BlobState.ERASED
    assert not WrappedKey.objects.exists()
    assert [file for file in storage.rglob("*") if file.is_file()] == []
    with pytest.raises(NotServable):
        text_of(blob)


def test_files_of_one_person_are_checked_one_after_the_other(
    upload: Uploader, amina: User, dora: User, scanner: str
) -> None:
    now = timezone.now()
    first, second = (
        store_upload(upload(pdf_bytes(word)), owner=amina, now=now) for word in ("one", "two")
    )
    theirs = store_upload(upload(pdf_bytes()), owner=dora, now=now)
    Job.objects.all().delete()
    for blob in (second, theirs, first):
        scan_stored_blob(blob.pk)
    for blob, state in ((first, "clean"), (second, "quarantined"), (theirs, "clean")):
        blob.refresh_from_db()
        assert blob.state == state
    assert Job.objects.get(name="files.scan_blob").args == {"blob_id": second.pk}
    scan_stored_blob(second.pk)
    second.refresh_from_db()
    assert second.state == BlobState.CLEAN


def test_forgotten_scan_is_queued_again(blob: Blob) -> None:
    Job.objects.all().delete()
    queue_forgotten_scans()
    assert Job.objects.get().args == {"blob_id": blob.pk}
