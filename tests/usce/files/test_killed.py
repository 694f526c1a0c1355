"""Scanner or worker die in the middle of a check: nothing is lost, nothing is left open."""

import datetime as dt
import socket
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.accounts import UserFactory
from tests.support.crash import die
from tests.support.pdf import pdf_bytes
from tests.usce.files.conftest import Uploader
from usce.accounts.models import User
from usce.files.actions import delete_orphans, scan_blob, store_upload
from usce.files.models import Blob, Check, Derivative
from usce.files.scanning import ScannerAway
from usce.files.states import BlobState

SCAN = """
from django.utils import timezone
from usce.files.actions import scan_blob
from usce.files.models import Blob
scan_blob(Blob.objects.get(), now=timezone.now())
"""


def files_in(storage: Path) -> int:
    return sum(file.is_file() for file in storage.rglob("*"))


@pytest.mark.crash
@pytest.mark.parametrize("label", ["files.part", "files.inspected", "files.written"])
def test_worker_killed_within_a_check_loses_nothing(
    clean_db: str,
    upload: Uploader,
    storage: Path,
    scanner: str,
    settings: Settings,
    now: dt.datetime,
    label: str,
) -> None:
    blob = store_upload(upload(pdf_bytes()), owner=UserFactory(), now=now)
    die(
        SCAN,
        label,
        FILES_URL=settings.FILES_URL,
        FILES_KEK="a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        CLAMAV_ADDRESS=settings.CLAMAV_ADDRESS,
    )
    blob.refresh_from_db()
    assert blob.state == BlobState.QUARANTINED
    assert not Derivative.objects.exists()
    scan_blob(Blob.objects.get(), now=now)
    assert (Blob.objects.get().state, Check.objects.count()) == (BlobState.CLEAN, 5)
    assert files_in(storage) > 4  # what the dead one had made
    delete_orphans(older_than=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
    assert files_in(storage) == 4


def test_scanner_that_dies_within_a_file_leaves_it_closed_and_nothing_behind(
    upload: Uploader, amina: User, storage: Path, settings: Settings, now: dt.datetime
) -> None:
    blob = store_upload(upload(pdf_bytes()), owner=amina, now=now)
    listener = socket.create_server(("127.0.0.1", 0))
    settings.CLAMAV_ADDRESS = f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    def die_within_a_file() -> None:
        for answer in (b"clamd\0", b"clamd\0", b""):
            link, _peer = listener.accept()
            with link:
                link.recv(12)
                link.sendall(answer)

    thread = threading.Thread(target=die_within_a_file)
    thread.start()
    with pytest.raises(ScannerAway):
        scan_blob(blob, now=now)
    thread.join()
    listener.close()
    blob.refresh_from_db()
    assert (blob.state, files_in(storage)) == (BlobState.QUARANTINED, 1)
    assert not Check.objects.exists()
