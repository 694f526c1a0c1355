"""A word of hers in every column, file, session and mail: after the erasure it stands nowhere.

Looked for in a dump of the database, in the storage, in the cache, in the log and in the mails that
are still to leave.
"""

import base64
import datetime as dt
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection

from rotations.providers.models import Role
from tests.conftest import person
from tests.factories.lives import Life, a_whole_life
from tests.factories.providers import MemberFactory, ProviderFactory
from tests.support.crash import die
from tests.usce.rights.conftest import archive_of, exported
from usce.accounts.models import StaffRole, User
from usce.devstack.services.binaries import postgres_candidates
from usce.files.actions import delete_orphans
from usce.files.models import Blob
from usce.notifications.models import Mail
from usce.notifications.states import MailState
from usce.permissions import SYSTEM
from usce.rights.actions import ask_export, erase_person, make_export, place_hold, plan_erasure
from usce.rights.models import DataExport, Erasure
from usce.rights.retention import sweep
from usce.states import transition

pytestmark = [pytest.mark.processes]
TWO_WEEKS = dt.timedelta(days=14)
ERASE = """
import datetime as dt
from usce.rights.actions import erase_person
from usce.rights.models import Erasure
erasure = Erasure.objects.get()
erase_person(erasure, now=erasure.planned_for)
"""
EXPORT = """
from django.utils import timezone
from usce.rights.actions import make_export
from usce.rights.models import DataExport
make_export(DataExport.objects.get(), now=timezone.now())
"""


@pytest.fixture
def lived(clean_db: str, scanner: object, now: dt.datetime) -> Life:
    """Committed, so that a dump and another process see it."""
    provider = ProviderFactory(slug="lakeshore")
    bruno = person("bruno@example.test", "Bruno Keller")
    MemberFactory(provider=provider, user=bruno, role=Role.OWNER)
    return a_whole_life(provider, bruno, now)


def dump() -> bytes:
    """As a backup would hold it, with what is packed in it unpacked beside it."""
    plain = subprocess.run(
        [postgres_candidates()[0] / "pg_dump", "--inserts", *_place()],
        capture_output=True,
        check=True,
    ).stdout
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        packed = [row[0] for row in cursor.fetchall()]
    return plain + b"".join(_unpacked(data) for data in packed)


def _place() -> list[str]:
    place = connection.settings_dict
    return ["-h", place["HOST"], "-U", place["USER"], "-d", place["NAME"]]


def _unpacked(data: str) -> bytes:
    value = signing.loads(data, salt="django.contrib.sessions.SessionStore")
    return repr(value).encode()


def stored(settings: Any) -> bytes:
    folder = Path(settings.FILES_URL.removeprefix("file://"))
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def cached() -> bytes:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    keys = list(client.scan_iter("*"))
    values = (client.get(key) or b"" for key in keys if client.type(key) == b"string")
    return b"\n".join([*keys, *values])


def left(life: Life, *places: bytes) -> set[str]:
    """Of which of her words something is left."""
    whole = b"\n".join(places).lower()
    return {place for place, word in life.words.items() if word.lower().encode() in whole}


def deliver_last_mail(now: dt.datetime) -> None:
    last = Mail.objects.get(event="rights.erased")
    transition(last, MailState.SENDING, actor=SYSTEM, now=now)
    transition(last, MailState.SENT, actor=SYSTEM, now=now)
    sweep(now)


def test_every_word_is_there_before_and_none_after(
    lived: Life, now: dt.datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    export = exported(lived.person, now)
    files = {"the text of a file", "a health paper"}
    assert left(lived, dump()) == set(lived.words) - files
    erase_person(plan_erasure(lived.person, actor=lived.person, now=now), now=now + TWO_WEEKS)
    deliver_last_mail(now + TWO_WEEKS)
    log = "\n".join(record.getMessage() for record in caplog.records).encode()
    assert left(lived, dump(), stored(settings), cached(), log) == set()
    assert stored(settings) == b""
    assert export.blob is not None


def test_under_a_hold_everything_stays(lived: Life, now: dt.datetime) -> None:
    trudy = person("trudy@example.test", "Trudy Bell", staff_roles=[StaffRole.TRUST])
    ends_on = (now + 2 * TWO_WEEKS).date()
    place_hold(lived.person, reason="a court asks.", ends_on=ends_on, actor=trudy, now=now)
    before = left(lived, dump())
    erase_person(plan_erasure(lived.person, actor=lived.person, now=now), now=now + TWO_WEEKS)
    assert left(lived, dump()) == before


LABELS = [
    *("erase.begun", "erase.step.documents", "erase.step.account"),
    *("erase.rows.conversations", "erase.rows.payments", "erase.rows.account"),
]


@pytest.mark.crash
@pytest.mark.parametrize("label", LABELS)
def test_killed_anywhere_and_run_again_it_ends_the_same(
    lived: Life, now: dt.datetime, settings: Any, label: str
) -> None:
    plan_erasure(lived.person, actor=lived.person, now=now)
    die(ERASE, label, FILES_URL=settings.FILES_URL)
    assert not User.objects.get(pk=lived.person.pk).is_active
    erase_person(Erasure.objects.get(), now=now + TWO_WEEKS)
    deliver_last_mail(now + TWO_WEEKS)
    assert Erasure.objects.get().done_at
    assert left(lived, dump(), stored(settings)) == set()


@pytest.mark.crash
def test_killed_within_an_export_leaves_no_archive_that_nobody_names(
    lived: Life, now: dt.datetime, settings: Any
) -> None:
    export, before = ask_export(lived.person, actor=lived.person, now=now), Blob.objects.count()
    kek = base64.b64encode(settings.FILES_KEK).decode()
    die(EXPORT, "export.before_commit", FILES_URL=settings.FILES_URL, FILES_KEK=kek)
    assert Blob.objects.count() == before
    make_export(export, now=now)
    assert archive_of(DataExport.objects.get())
    assert Blob.objects.count() == before + 1
    assert delete_orphans(older_than=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)) == 1
