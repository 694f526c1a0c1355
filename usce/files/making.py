"""Files that Rounds makes itself, such as an export: encrypted while they are written."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from django.db import transaction

from usce.audit.actions import record
from usce.files.crypto import Encryptor, kek_id, new_key, wrap
from usce.files.models import Blob, Check, CheckResult, WrappedKey
from usce.files.states import BlobState
from usce.ids import new_public_id
from usce.permissions import SYSTEM
from usce.states import transition
from usce.storage import private_storage


class EncryptedSink:
    """Takes plain bytes in order, as a file that cannot be wound back, and keeps ciphertext."""

    def __init__(self, kept: IO[bytes], key: bytes) -> None:
        self._kept, self._encryptor, self._digest = kept, Encryptor(key), hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        self._digest.update(chunk)
        self._kept.write(self._encryptor.update(chunk))
        return len(chunk)

    def flush(self) -> None:
        """What is not a whole frame yet waits for the next bytes."""

    def finish(self) -> None:
        self._kept.write(self._encryptor.finish())
        self._kept.seek(0)


@dataclass(frozen=True)
class Made:
    """What lies in the storage already and no row names yet."""

    storage_name: str
    size: int
    sha256: str
    key: bytes = field(repr=False)


def write_made(write: Callable[[EncryptedSink], None]) -> Made:
    """Store what `write` puts into the sink, under a key of its own.

    No readable byte touches a disk, and no more than a frame is in memory. Unless it is kept, the
    sweep deletes it.
    """
    key = new_key()
    with tempfile.TemporaryFile() as kept:
        sink = EncryptedSink(kept, key)
        write(sink)
        sink.finish()
        name = private_storage().save(f"blobs/{new_public_id()}", File(kept))
    return Made(name, sink.size, sink.sha256, key)


def keep_made(made: Made, *, owner: AbstractBaseUser, media_type: str, now: datetime) -> Blob:
    """Its row, for the transaction that says what it is; clean, for it is our own work."""
    with transaction.atomic():
        blob = Blob.objects.create(
            owner_id=owner.pk,
            storage_name=made.storage_name,
            size=made.size,
            sha256=made.sha256,
            created_at=now,
        )
        kek = settings.FILES_KEK
        wrapped = wrap(made.key, kek)
        WrappedKey.objects.create(blob=blob, wrapped=wrapped, kek_id=kek_id(kek), created_at=now)
        Check.objects.create(
            blob=blob,
            name="made",
            result=CheckResult.PASSED,
            detail="Made by Rounds.",
            engine="rounds",
            at=now,
        )
        record("files.blob.made", blob, actor=SYSTEM, now=now)
        return transition(blob, BlobState.CLEAN, actor=SYSTEM, now=now, media_type=media_type)
