"""Files that come in pieces: what arrives, what is refused, what a dropped line costs."""

import datetime as dt
import io
import os
import tracemalloc
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.accounts import UserFactory
from tests.support.races import at_once
from tests.usce.files.conftest import Uploader
from usce.accounts.models import User
from usce.files.actions import UploadRefused, delete_orphans, store_upload
from usce.files.incoming import (
    CHUNK_BYTES,
    KEPT,
    MOST_BEGUN_A_MINUTE,
    MOST_OPEN,
    NotWhole,
    OutOfStep,
    begin_upload,
    drop_forgotten,
    incoming_of,
    keep_upload,
    take_chunk,
    taken,
)
from usce.files.models import Blob, Chunk, Incoming
from usce.files.streams import open_plain
from usce.limits.actions import TooOften

CONTENT = os.urandom(CHUNK_BYTES * 2 + 1000)


@pytest.fixture
def incoming(amina: User, storage: Path, now: dt.datetime) -> Incoming:
    return begin_upload("passport.jpg", len(CONTENT), owner=amina, now=now)


def send(incoming: Incoming, start: int, now: dt.datetime, content: bytes = CONTENT) -> int:
    body = io.BytesIO(content[start : start + CHUNK_BYTES])
    return take_chunk(incoming, start, body, now=now)


def send_all(incoming: Incoming, now: dt.datetime, content: bytes = CONTENT) -> None:
    while not incoming.is_whole:
        send(incoming, incoming.received, now, content)


def stored_files(storage: Path) -> list[Path]:
    return [file for file in storage.rglob("*") if file.is_file()]


def test_pieces_become_the_file(
    incoming: Incoming, amina: User, storage: Path, now: dt.datetime
) -> None:
    send_all(incoming, now)
    with taken(incoming, now=now) as upload:
        blob = store_upload(upload, owner=amina, now=now)
    assert b"".join(open_plain(blob)) == CONTENT
    assert not Incoming.objects.exists()
    assert len(stored_files(storage)) == 1


def test_no_readable_byte_of_a_piece_is_kept(amina: User, storage: Path, now: dt.datetime) -> None:
    content = b"CANARY-7431" * 1000
    send_all(begin_upload("a.pdf", len(content), owner=amina, now=now), now, content)
    (file,) = stored_files(storage)
    assert b"CANARY" not in file.read_bytes()


def test_the_same_file_goes_on_where_it_stopped(
    incoming: Incoming, amina: User, dora: User, now: dt.datetime
) -> None:
    send(incoming, 0, now)
    again = begin_upload("passport.jpg", len(CONTENT), owner=amina, now=now)
    assert (again, again.received) == (incoming, CHUNK_BYTES)
    assert begin_upload("passport.jpg", len(CONTENT), owner=dora, now=now) != incoming


@pytest.mark.parametrize("case", ["gap", "repeat", "short", "long", "after the end"])
def test_piece_that_does_not_fit_changes_nothing(
    incoming: Incoming, storage: Path, now: dt.datetime, case: str
) -> None:
    send(incoming, 0, now)
    if case == "after the end":
        send_all(incoming, now)
    before, files = incoming.received, len(stored_files(storage))
    start, body = {
        "gap": (CHUNK_BYTES + 1, CONTENT[:CHUNK_BYTES]),
        "repeat": (0, CONTENT[:CHUNK_BYTES]),
        "short": (CHUNK_BYTES, CONTENT[: CHUNK_BYTES - 1]),
        "long": (CHUNK_BYTES, CONTENT[: CHUNK_BYTES + 1]),
        "after the end": (len(CONTENT), b"x"),
    }[case]
    with pytest.raises(OutOfStep):
        take_chunk(incoming, start, io.BytesIO(body), now=now)
    incoming.refresh_from_db()
    assert (incoming.received, len(stored_files(storage))) == (before, files)


def test_line_that_breaks_within_a_piece_costs_that_piece(
    incoming: Incoming, storage: Path, now: dt.datetime
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100_000:
                raise OSError("the line is gone")
            return super().read(size)

    with pytest.raises(OSError, match="gone"):
        take_chunk(incoming, 0, Broken(CONTENT), now=now)
    assert stored_files(storage) == []
    send_all(incoming, now)
    assert incoming.is_whole


def test_the_same_piece_twice_at_once_is_kept_once(
    clean_db: str, storage: Path, now: dt.datetime
) -> None:
    incoming = begin_upload("passport.jpg", len(CONTENT), owner=UserFactory(), now=now)

    def work() -> None:
        send(Incoming.objects.get(pk=incoming.pk), 0, now)

    assert at_once([work] * 3) == {"NoneType": 1, "OutOfStep": 2}
    assert Chunk.objects.count() == len(stored_files(storage)) == 1


def test_only_a_whole_file_is_taken_and_by_one_at_a_time(
    incoming: Incoming, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(NotWhole), taken(incoming, now=now):
        pass
    send_all(incoming, now)
    with taken(incoming, now=now), pytest.raises(NotWhole), taken(incoming, now=now):
        pass


def test_file_whose_form_was_wrong_waits_on(incoming: Incoming, now: dt.datetime) -> None:
    send_all(incoming, now)
    with pytest.raises(UploadRefused), taken(incoming, now=now):
        raise UploadRefused
    with taken(incoming, now=now) as upload:
        assert upload.plain_size == len(CONTENT)


def test_taker_that_died_leaves_the_file_to_the_next(incoming: Incoming, now: dt.datetime) -> None:
    send_all(incoming, now)
    Incoming.objects.update(taken_at=now)
    with pytest.raises(NotWhole), taken(incoming, now=now):
        pass
    with taken(incoming, now=now + dt.timedelta(minutes=6)) as upload:
        assert upload.plain_size == len(CONTENT)


def test_what_nobody_goes_on_with_is_dropped(
    incoming: Incoming, storage: Path, now: dt.datetime
) -> None:
    send(incoming, 0, now)
    assert drop_forgotten(now + KEPT) == 0
    assert delete_orphans(older_than=dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) == 0
    assert drop_forgotten(now + KEPT + dt.timedelta(minutes=1)) == 1
    assert stored_files(storage) == []
    assert not Chunk.objects.exists()


def test_file_that_came_whole_waits_as_well(
    upload: Uploader, amina: User, storage: Path, now: dt.datetime
) -> None:
    for _again in range(2):
        keep_upload(upload(b"whole", "a.pdf"), "a.pdf", owner=amina, now=now)
    waiting = incoming_of(amina).get()
    with taken(waiting, now=now) as file:
        blob = store_upload(file, owner=amina, now=now)
    assert b"".join(open_plain(blob)) == b"whole"
    assert len(stored_files(storage)) == 1


def test_what_one_person_may_leave_lying_is_bounded(
    amina: User, dora: User, now: dt.datetime, settings: Settings
) -> None:
    for number in range(MOST_OPEN):
        begin_upload(f"{number}.pdf", 1000, owner=amina, now=now)
    with pytest.raises(UploadRefused, match="Too many files wait"):
        begin_upload("more.pdf", 1000, owner=amina, now=now)
    begin_upload("more.pdf", 1000, owner=dora, now=now)
    for size, words in ((0, "is empty"), (settings.FILE_UPLOAD_MAX_BYTES + 1, "larger than")):
        with pytest.raises(UploadRefused, match=words):
            begin_upload("bad.pdf", size, owner=dora, now=now)


def test_bytes_that_wait_are_bounded(amina: User, now: dt.datetime) -> None:
    for number in range(10):
        begin_upload(f"{number}.pdf", 20 * 1024 * 1024, owner=amina, now=now)
    with pytest.raises(UploadRefused, match="Too many files wait"):
        begin_upload("more.pdf", 1, owner=amina, now=now)


def test_one_person_may_begin_so_many_a_minute(amina: User, dora: User, now: dt.datetime) -> None:
    for _number in range(MOST_BEGUN_A_MINUTE):
        begin_upload("a.pdf", 1000, owner=amina, now=now)
    with pytest.raises(TooOften):
        begin_upload("a.pdf", 1000, owner=amina, now=now)
    begin_upload("a.pdf", 1000, owner=dora, now=now)
    assert not Blob.objects.exists()


def test_a_large_file_never_lies_in_memory(amina: User, storage: Path, now: dt.datetime) -> None:
    size = 20 * 1024 * 1024
    incoming, piece = begin_upload("a.pdf", size, owner=amina, now=now), os.urandom(CHUNK_BYTES)
    tracemalloc.start()
    while not incoming.is_whole:
        take_chunk(incoming, incoming.received, io.BytesIO(piece), now=now)
    with taken(incoming, now=now) as upload:
        store_upload(upload, owner=amina, now=now)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 1024 * 1024
