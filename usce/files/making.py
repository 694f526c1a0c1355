"""Files that Rounds makes itself, such as an export: encrypted while they are written."""

import hashlib
import tempfile
from collections.abc import Callable
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


def keep_made(
    write: Callable[[EncryptedSink], None],
    *,
    owner: AbstractBaseUser,
    media_type: str,
    now: datetime,
) -> Blob:
    """Keep what `write` puts into the sink, under a key of its own; clean, for it is our own work.

    No readable byte touches a disk, and no more than a frame is in memory.
    """
    key = new_key()
    with tempfile.TemporaryFile() as kept:
        sink = EncryptedSink(kept, key)
        write(sink)
        sink.finish()
        name = private_storage().save(f"blobs/{new_public_id()}", File(kept))
    with transaction.atomic():
        blob = Blob.objects.create(
            owner_id=owner.pk,
            storage_name=name,
            size=sink.size,
            sha256=sink.sha256,
            created_at=now,
        )
        kek = settings.FILES_KEK
        WrappedKey.objects.create(
            blob=blob, wrapped=wrap(key, kek), kek_id=kek_id(kek), created_at=now
        )
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
