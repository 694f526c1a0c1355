"""Keep an upload, have it looked at, erase it."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from usce.audit.actions import record
from usce.errors import Refused
from usce.files import scanning
from usce.files.checks import HEAD_BYTES, TAIL_BYTES, kind_of
from usce.files.crypto import kek_id, wrap
from usce.files.models import Blob, Check, CheckResult, WrappedKey
from usce.files.states import BlobState
from usce.files.streams import open_plain
from usce.files.uploads import EncryptedUpload
from usce.ids import new_public_id
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor
from usce.states import transition
from usce.storage import private_storage

log = structlog.get_logger()


class UploadRefused(Refused):
    """The file cannot be taken; the message says why and what to do."""


def store_upload(upload: EncryptedUpload, *, owner: AbstractBaseUser, now: datetime) -> Blob:
    """Keep the encrypted upload and queue its checks.

    The same content by the same owner is kept once; another owner's is never compared. Raises
    UploadRefused for an empty or too large file.
    """
    with upload:
        _refuse(upload)
        return _known(owner, upload.sha256) or _store(upload, owner, now)


def _refuse(upload: EncryptedUpload) -> None:
    if upload.is_too_large:
        most = settings.FILE_UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(f"The file is larger than {most} MB. Make it smaller and try again.")
    if upload.is_empty:
        raise UploadRefused("The file is empty. Choose it once more.")


def _store(upload: EncryptedUpload, owner: AbstractBaseUser, now: datetime) -> Blob:
    name = private_storage().save(f"blobs/{new_public_id()}", upload)
    with transaction.atomic():
        row = Blob(
            owner_id=owner.pk,
            storage_name=name,
            size=upload.size or 0,
            sha256=upload.sha256,
            created_at=now,
        )
        Blob.objects.bulk_create([row], ignore_conflicts=True)
        blob = Blob.objects.filter(public_id=row.public_id).first()
        if blob is not None:
            _keep_key(blob, upload.key, now)
            record("files.blob.stored", blob, actor=owner, now=now)
            enqueue("files.scan_blob", blob_id=blob.pk)
            return blob
    private_storage().delete(name)  # the same file came by another request a moment before
    return Blob.objects.exclude(state=BlobState.ERASED).get(owner_id=owner.pk, sha256=upload.sha256)


def scan_blob(blob: Blob, *, now: datetime) -> None:
    """Check type and malware of a quarantined file. Raises ScannerAway: it then stays closed."""
    if blob.state != BlobState.QUARANTINED:
        return
    kind = kind_of(*_ends(open_plain(blob)))
    note(blob, "type", kind.problem, seen=kind.media_type, engine="content", now=now)
    verdict = None
    if not kind.problem:
        verdict = scanning.scan(open_plain(blob))
        _refuse_toy_in_production(verdict)
        note(blob, "malware", verdict.found, seen="", engine=verdict.engine, now=now)
    is_clean = verdict is not None and verdict.is_clean
    to = BlobState.CLEAN if is_clean else BlobState.REFUSED
    transition(blob, to, actor=SYSTEM, now=now, media_type=kind.media_type[:60])


def erase_blob(blob: Blob, *, actor: Actor, now: datetime) -> None:
    """Destroy the key, which makes every copy unreadable, then the stored object itself."""
    with transaction.atomic():
        WrappedKey.objects.filter(blob=blob).delete()
        transition(blob, BlobState.ERASED, actor=actor, now=now)
    private_storage().delete(blob.storage_name)


def note(blob: Blob, name: str, problem: str, *, seen: str, engine: str, now: datetime) -> None:
    """Write down what one check saw."""
    Check.objects.create(
        blob=blob,
        name=name,
        result=CheckResult.FAILED if problem else CheckResult.PASSED,
        detail=(problem or seen)[:300],
        engine=engine[:80],
        at=now,
    )


def _known(owner: AbstractBaseUser, sha256: str) -> Blob | None:
    blobs = Blob.objects.filter(owner_id=owner.pk, sha256=sha256)
    return blobs.exclude(state=BlobState.ERASED).first()


def _keep_key(blob: Blob, key: bytes, now: datetime) -> None:
    kek = settings.FILES_KEK
    WrappedKey.objects.create(blob=blob, wrapped=wrap(key, kek), kek_id=kek_id(kek), created_at=now)


def _ends(chunks: Iterable[bytes]) -> tuple[bytes, bytes]:
    head, tail = b"", b""
    for chunk in chunks:
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        tail = (tail + chunk)[-TAIL_BYTES:]
    return head, tail


def _refuse_toy_in_production(verdict: scanning.Verdict) -> None:
    if settings.IS_PRODUCTION and scanning.DEVELOPMENT_ENGINE in verdict.engine:
        raise scanning.ScannerAway("the development scanner decides nothing in production")
