"""Everything about a person in one archive: made by a job, encrypted as it is written."""

import json
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import StreamingHttpResponse

from usce.accounts.models import User
from usce.audit.actions import record
from usce.crashpoints import reach
from usce.errors import Refused
from usce.files.actions import erase_blob
from usce.files.making import EncryptedSink, keep_made, write_made
from usce.files.states import BlobState
from usce.files.streams import NotServable, open_original
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor, require
from usce.rights.models import DataExport
from usce.rights.notifications import tell_ready
from usce.rights.permissions import can_export
from usce.rights.portability import Part, parts
from usce.rights.queries import exports_of, outlived_exports

LIFE = timedelta(days=7)
AGAIN_AFTER = timedelta(days=1)
ZIP = "application/zip"

README = """This is everything that Rounds holds about you, as of {moment} UTC.

One folder for each part of the service. Facts are in JSON files, the files that you uploaded in the
folder "files" of their part, as you uploaded them; what a check has refused or still looks at is
not in it. Dates and times are in UTC.

Not in it: other people's data (of a conversation you get your own words and the answers to you,
of those who opened your papers the name that you see on the page "Who saw my papers"); the notes
that our staff write for themselves; keys, codes and passwords.
"""


class ExportRuns(Refused):
    def __init__(self) -> None:
        super().__init__("A copy of your data is being made already, or is ready below.")


def ask_export(person: User, *, actor: Actor, now: datetime) -> DataExport:
    """Queue a copy of everything; one at a time, and one a day."""
    require(can_export(actor, person))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        known = exports_of(person, now).first()
        if known and (known.ready_at is None or known.asked_at > now - AGAIN_AFTER):
            raise ExportRuns
        export = DataExport.objects.create(user=person, asked_at=now)
        record("rights.export.asked", export, actor=actor, now=now)
        enqueue("rights.make_export", export_id=export.pk)
    return export


def make_export(export: DataExport, *, now: datetime) -> None:
    """Write the archive and tell the person; one that is ready stays as it is.

    A worker that dies, or comes second, leaves an object without a row, which the files' own
    sweep deletes.
    """
    if export.ready_at is not None or not export.user.is_active:
        return

    def write(sink: EncryptedSink) -> None:
        _write(export.user, sink, now)

    made = write_made(write)
    reach("export.before_commit")
    with transaction.atomic():
        fresh = DataExport.objects.select_for_update(no_key=True).get(pk=export.pk)
        if fresh.ready_at is not None:
            return
        fresh.blob = keep_made(made, owner=fresh.user, media_type=ZIP, now=now)
        fresh.ready_at, fresh.expires_at = now, now + LIFE
        fresh.save(update_fields=["blob", "ready_at", "expires_at"])
        tell_ready(fresh, now=now)


def download_export(export: DataExport, *, actor: Actor, now: datetime) -> StreamingHttpResponse:
    """Stream the archive to whom it is about. Raises NotServable when it is not there any more."""
    require(can_export(actor, export.user))
    is_there = export.blob and export.expires_at and export.expires_at > now
    if not is_there or export.blob is None:
        raise NotServable
    response = StreamingHttpResponse(open_original(export.blob), content_type=ZIP)
    name = f"rounds-export-{export.asked_at:%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(export.blob.size)
    response["Cache-Control"] = "private, no-store"
    record("rights.export.downloaded", export, actor=actor, now=now)
    return response


def end_outlived_exports(now: datetime) -> int:
    """Destroy the archives whose days are over."""
    count = 0
    for export in outlived_exports(now)[:100]:
        if export.blob and export.blob.state != BlobState.ERASED:
            erase_blob(export.blob, actor=SYSTEM, now=now)
        DataExport.objects.filter(pk=export.pk).update(ended_at=now)
        count += 1
    return count


def _write(person: User, sink: EncryptedSink, now: datetime) -> None:
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(moment=f"{now:%Y-%m-%d %H:%M}"))
        for part in parts():
            _write_part(archive, part, person)


def _write_part(archive: zipfile.ZipFile, part: Part, person: User) -> None:
    for held in part.holdings:
        if held.told:
            with archive.open(f"{part.name}/{held.name}.json", "w") as out:
                _write_rows(out, held.read(person))
    for own in part.files(person):
        with archive.open(f"{part.name}/files/{own.name}", "w", force_zip64=True) as out:
            for chunk in own.chunks():
                out.write(chunk)


def _write_rows(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> None:
    """A JSON list, a row a line."""
    before = b"[\n"
    for row in rows:
        readable = {name.replace("__", "_"): value for name, value in row.items()}
        out.write(before + json.dumps(readable, cls=DjangoJSONEncoder, ensure_ascii=False).encode())
        before = b",\n"
    out.write(b"[]\n" if before == b"[\n" else b"\n]\n")
