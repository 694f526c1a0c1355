"""Everything about a person in one archive, and nothing about anybody else."""

import datetime as dt
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories.documents import DocumentFactory
from tests.factories.lives import Life
from tests.factories.papers import upload
from tests.usce.rights.conftest import archive_of, exported
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.audit.models import AuditEntry
from usce.files.actions import store_upload
from usce.files.making import EncryptedSink, keep_made, write_made
from usce.files.models import Blob, WrappedKey
from usce.files.states import BlobState
from usce.files.streams import NotServable, open_original
from usce.notifications.models import Mail
from usce.rights.actions import (
    ExportRuns,
    ask_export,
    download_export,
    end_outlived_exports,
    make_export,
)
from usce.rights.models import DataExport
from usce.rights.portability import parts
from usce.rights.tasks import destroy_outlived_exports, write_export

pytestmark = pytest.mark.django_db
UNTOLD = {
    "mfa.Authenticator.data",
    "sessions.Session.session_data",
    "payments.StripeEvent",
    "payments.Payment.checkout_url",
    "cases.Case.note",
    "letters.Letter.private_words",
    "notifications.Mail.error",
    "a mail about her",
}


def test_every_word_of_hers_is_in_it(life: Life, now: dt.datetime) -> None:
    found = archive_of(exported(life.person, now))
    whole = b"\n".join(found.values())
    missing = [place for place, word in life.words.items() if word.encode() not in whole]
    assert set(missing) == UNTOLD


def test_each_part_is_a_folder_of_json(life: Life, now: dt.datetime) -> None:
    found = archive_of(exported(life.person, now))
    assert {name.split("/")[0] for name in found} == {"README.txt", *(p.name for p in parts())}
    (profile,) = json.loads(found["profile/profile.json"])
    assert profile["usmle_id"] == "7-351-942-8"
    assert profile["family_name"] == life.words["profiles.Profile.family_name"]
    papers = json.loads(found["documents/document.json"])
    assert [row["kind"] for row in papers] == ["cv", "tb_test"]
    assert json.loads(found["account/suppression.json"]) == []


def test_files_are_as_they_were_uploaded(life: Life, now: dt.datetime) -> None:
    found = archive_of(exported(life.person, now))
    files = [content for name, content in found.items() if "/files/" in name]
    assert len(files) == 2
    assert all(content.startswith(b"%PDF") for content in files)
    assert life.words["the text of a file"].encode() in files[0]


def test_nobody_else_is_in_it(life: Life, dora: User, amina: User, now: dt.datetime) -> None:
    whole = b"\n".join(archive_of(exported(dora, now)).values())
    assert not [word for word in life.words.values() if word.encode() in whole]
    hers = b"\n".join(archive_of(exported(life.person, now)).values())
    assert b"amina@example.test" not in hers
    assert b"bruno@example.test" not in hers  # his name stands there: he opened her paper
    assert b"Bruno Keller" in hers


def test_staff_who_looked_are_not_named(life: Life, chen: User, now: dt.datetime) -> None:
    record_access("Account opened", life.person, viewer=chen, subject=life.person, now=now)
    found = archive_of(exported(life.person, now))
    assert b"Rounds staff" in found["account/accesslog.json"]
    assert b"Chen" not in found["account/accesslog.json"]


def test_lies_encrypted_and_ends(life: Life, now: dt.datetime, settings: Any) -> None:
    export = exported(life.person, now)
    blob = export.blob
    assert blob is not None
    stored = Path(settings.FILES_URL.removeprefix("file://"), blob.storage_name).read_bytes()
    assert b"README" not in stored
    assert blob.state == BlobState.CLEAN
    assert end_outlived_exports(now + dt.timedelta(days=6, hours=23)) == 0
    assert end_outlived_exports(now + dt.timedelta(days=7)) == 1
    destroy_outlived_exports()
    blob.refresh_from_db()
    assert blob.state == BlobState.ERASED
    assert not WrappedKey.objects.filter(blob=blob).exists()


def test_mail_says_until_when(dora: User, now: dt.datetime) -> None:
    exported(dora, now)
    mail = Mail.objects.get(event="rights.export_ready")
    assert mail.facts["until"] == "8 Jul 2026"
    assert mail.recipient == dora


def test_one_is_made_at_a_time_and_one_a_day(dora: User, now: dt.datetime) -> None:
    first = ask_export(dora, actor=dora, now=now)
    with pytest.raises(ExportRuns):
        ask_export(dora, actor=dora, now=now + dt.timedelta(days=2))
    make_export(first, now=now)
    with pytest.raises(ExportRuns):
        ask_export(dora, actor=dora, now=now + dt.timedelta(hours=23))
    ask_export(dora, actor=dora, now=now + dt.timedelta(days=1, minutes=1))


def test_made_twice_is_one(dora: User, now: dt.datetime) -> None:
    export = exported(dora, now)
    stale = DataExport.objects.get(pk=export.pk)
    stale.ready_at = None  # another worker had read it before this one was done
    make_export(stale, now=now + dt.timedelta(seconds=1))
    write_export(export.pk)
    assert Mail.objects.filter(event="rights.export_ready").count() == 1
    assert Blob.objects.filter(owner=dora, state=BlobState.CLEAN).get() == export.blob


def test_only_for_oneself(dora: User, amina: User, chen: User, now: dt.datetime) -> None:
    for other in (amina, chen):
        with pytest.raises(PermissionDenied):
            ask_export(dora, actor=other, now=now)
    export = exported(dora, now)
    with pytest.raises(PermissionDenied):
        download_export(export, actor=amina, now=now)


def test_download_ends_with_its_time(dora: User, now: dt.datetime) -> None:
    export = exported(dora, now)
    response = download_export(export, actor=dora, now=now + dt.timedelta(days=6))
    assert response["Content-Disposition"] == 'attachment; filename="rounds-export-2026-07-01.zip"'
    assert b"".join(response)[:2] == b"PK"
    assert AuditEntry.objects.filter(action="rights.export.downloaded").exists()
    with pytest.raises(NotServable):
        download_export(export, actor=dora, now=now + dt.timedelta(days=7))


def test_what_no_check_has_passed_is_not_in_it(
    dora: User, scanner: object, now: dt.datetime
) -> None:
    blob = store_upload(upload(b"%PDF-1.4 unseen"), owner=dora, now=now)
    DocumentFactory(owner=dora, blob=blob)
    found = archive_of(exported(dora, now))
    assert not [name for name in found if "/files/" in name]


def test_never_whole_in_memory(dora: User, scanner: object, now: dt.datetime) -> None:
    """Sixty megabytes go through in small pieces."""
    piece = b"x" * 65536

    def write(sink: EncryptedSink) -> None:
        archive = zipfile.ZipFile(sink, "w")  # type: ignore[call-overload]
        with archive, archive.open("big", "w", force_zip64=True) as out:
            for _ in range(960):
                out.write(piece)

    tracemalloc.start()
    blob = keep_made(write_made(write), owner=dora, media_type="application/zip", now=now)
    read = sum(len(chunk) for chunk in open_original(blob))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == blob.size > 60 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


def test_closed_account_gets_none(dora: User, now: dt.datetime) -> None:
    export = ask_export(dora, actor=dora, now=now)
    User.objects.filter(pk=dora.pk).update(is_active=False)
    write_export(export.pk)
    assert DataExport.objects.get().ready_at is None
