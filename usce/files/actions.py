"""Keep an upload, have it looked at, erase it."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from usce.audit.actions import record
from usce.crashpoints import reach
from usce.errors import Refused
from usce.files.crypto import kek_id, wrap
from usce.files.inspection import Inspection, discard, inspect
from usce.files.models import Blob, Check, CheckResult, Derivative, WrappedKey
from usce.files.queries import stored_names
from usce.files.states import BlobState
from usce.files.uploads import EncryptedUpload
from usce.ids import new_public_id
from usce.jobs.actions import enqueue
from usce.limits.actions import TooOften
from usce.permissions import SYSTEM, Actor
from usce.states import lock, transition
from usce.storage import private_storage

FOLDERS = ("blobs", "derivatives", "incoming")


class UploadRefused(Refused):
    """The file cannot be taken; the message says why and what to do."""


def store_upload(upload: EncryptedUpload, *, owner: AbstractBaseUser, now: datetime) -> Blob:
    """Keep the encrypted upload and queue its checks.

    The same content by the same owner is kept once; another owner's is never compared. Raises
    UploadRefused for an empty or too large file.
    """
    with upload:
        require_upload(upload)
        return _known(owner, upload.sha256) or _store(upload, owner, now)


def require_size(size: int) -> None:
    """Raises UploadRefused for a file of no bytes, or of more than are taken."""
    most = settings.FILE_UPLOAD_MAX_BYTES
    if size > most:
        megabytes = most // (1024 * 1024)
        raise UploadRefused(
            f"The file is larger than {megabytes} MB. Make it smaller and try again."
        )
    if size < 1:
        raise UploadRefused("The file is empty. Choose it once more.")


def require_upload(upload: EncryptedUpload) -> None:
    """Raises TooOften or UploadRefused for an upload of which nothing was kept."""
    if upload.is_too_often:
        raise TooOften
    require_size(upload.plain_size)


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
            _keep_key(now, upload.key, blob=blob)
            record("files.blob.stored", blob, actor=owner, now=now)
            enqueue("files.scan_blob", blob_id=blob.pk)
            return blob
    private_storage().delete(name)  # the same file came by another request a moment before
    return Blob.objects.exclude(state=BlobState.ERASED).get(owner_id=owner.pk, sha256=upload.sha256)


def scan_blob(blob: Blob, *, now: datetime) -> None:
    """Check a quarantined file and keep what the reader makes of it.

    Raises ScannerAway: it then stays closed. Two workers at once leave the work of one.
    """
    if blob.state != BlobState.QUARANTINED:
        return
    found = inspect(blob)
    reach("files.inspected")
    with transaction.atomic():
        lock(blob)
        is_mine = blob.state == BlobState.QUARANTINED
        if is_mine:
            _write_down(blob, found, now)
            reach("files.written")
    if not is_mine:
        discard(found.made)


def erase_blob(blob: Blob, *, actor: Actor, now: datetime) -> None:
    """Destroy the keys, which makes every copy unreadable, then the stored objects themselves."""
    with transaction.atomic():
        derived = Derivative.objects.filter(blob=blob)
        names = [blob.storage_name, *derived.values_list("storage_name", flat=True)]
        WrappedKey.objects.filter(Q(blob=blob) | Q(derivative__blob=blob)).delete()
        derived.delete()
        transition(blob, BlobState.ERASED, actor=actor, now=now)
    for name in names:
        private_storage().delete(name)


def delete_orphans(*, older_than: datetime) -> int:
    """Delete stored objects that no row names; young ones may be about to get theirs."""
    storage, known, count = private_storage(), stored_names(), 0
    for folder in FOLDERS:
        if not storage.exists(folder):
            continue
        for file in storage.listdir(folder)[1]:
            name = f"{folder}/{file}"
            if name not in known and storage.get_modified_time(name) < older_than:
                storage.delete(name)
                count += 1
    return count


def _write_down(blob: Blob, found: Inspection, now: datetime) -> None:
    for note in found.notes:
        Check.objects.create(
            blob=blob,
            name=note.name,
            result=CheckResult.FAILED if note.problem else CheckResult.PASSED,
            detail=(note.problem or note.seen)[:300],
            engine=note.engine[:80],
            at=now,
        )
    for made in found.made if found.is_clean else ():
        derivative = Derivative.objects.create(
            blob=blob,
            kind=made.kind,
            number=made.number,
            storage_name=made.storage_name,
            size=made.size,
            media_type=made.media_type,
            width=made.width,
            height=made.height,
        )
        _keep_key(now, made.key, derivative=derivative)
    to = BlobState.CLEAN if found.is_clean else BlobState.REFUSED
    transition(blob, to, actor=SYSTEM, now=now, media_type=found.media_type[:60])


def _known(owner: AbstractBaseUser, sha256: str) -> Blob | None:
    blobs = Blob.objects.filter(owner_id=owner.pk, sha256=sha256)
    return blobs.exclude(state=BlobState.ERASED).first()


def _keep_key(now: datetime, key: bytes, **of: Blob | Derivative) -> None:
    kek = settings.FILES_KEK
    WrappedKey.objects.create(wrapped=wrap(key, kek), kek_id=kek_id(kek), created_at=now, **of)
