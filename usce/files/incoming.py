"""A file that comes in pieces, so that a line that drops costs one piece and not the file.

Each piece is encrypted on its way into the storage, under a key of its own, as a whole upload is.
Nothing of it can be opened; complete, it becomes an ordinary upload, which is then checked.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from usce.errors import Refused
from usce.files.actions import UploadRefused, require_size, require_upload
from usce.files.crypto import Encryptor, decrypt, kek_id, new_key, unwrap, wrap
from usce.files.models import Chunk, Incoming
from usce.files.streams import stored
from usce.files.uploads import EncryptedUpload, EncryptingUploadHandler
from usce.ids import new_public_id
from usce.limits.actions import check
from usce.storage import private_storage

CHUNK_BYTES = 512 * 1024
READ_BYTES = 64 * 1024
MOST_OPEN = 20
MOST_OPEN_BYTES = 200 * 1024 * 1024
MINUTE = timedelta(minutes=1)
MOST_BEGUN_A_MINUTE = 30
MOST_CHUNKS_A_MINUTE = 900
KEPT = timedelta(days=2)
TAKING = timedelta(minutes=5)


class OutOfStep(Refused):
    """The piece does not begin where the last one ended; ask how much is here and go on there."""

    def __init__(self) -> None:
        super().__init__("This piece of the file does not follow the last one that arrived.")


class NotWhole(Refused):
    def __init__(self) -> None:
        super().__init__("Not all of the file has arrived. Choose it once more to go on.")


class Body(Protocol):
    def read(self, size: int, /) -> bytes: ...


def begin_upload(name: str, size: int, *, owner: AbstractBaseUser, now: datetime) -> Incoming:
    """Announce a file; the same name and size go on where they stopped. Raises UploadRefused."""
    check(f"uploads:{owner.pk}", limit=MOST_BEGUN_A_MINUTE, window=MINUTE, now=now)
    require_size(size)
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=owner.pk)
        known = incoming_of(owner).filter(name=name, size=size).first()
        if known is not None:
            return known
        open_now = incoming_of(owner).aggregate(bytes=Sum("size", default=0))["bytes"]
        if incoming_of(owner).count() >= MOST_OPEN or open_now + size > MOST_OPEN_BYTES:
            raise UploadRefused(
                "Too many files wait to be sorted. Add or remove some of them, then go on."
            )
        return Incoming.objects.create(
            owner_id=owner.pk, name=name, size=size, created_at=now, touched_at=now
        )


def take_chunk(incoming: Incoming, start: int, body: Body, *, now: datetime) -> int:
    """Keep the piece that begins at `start`; how much has arrived. Raises OutOfStep.

    A piece is kept whole or not at all, and one that comes again changes nothing.
    """
    check(f"chunks:{incoming.owner_id}", limit=MOST_CHUNKS_A_MINUTE, window=MINUTE, now=now)
    if start != incoming.received or incoming.is_whole:
        raise OutOfStep
    size = min(CHUNK_BYTES, incoming.size - start)
    key = new_key()
    name, got = _keep(body, size, key)
    if got != size or not _add(incoming, start, size, name, key, now):
        private_storage().delete(name)
        raise OutOfStep
    return incoming.received


def _add(incoming: Incoming, start: int, size: int, name: str, key: bytes, now: datetime) -> bool:
    """Under the lock: whether the piece still follows the last one."""
    kek = settings.FILES_KEK
    with transaction.atomic():
        fresh = Incoming.objects.select_for_update(no_key=True).filter(pk=incoming.pk).first()
        if fresh is None or fresh.received != start:
            return False
        Chunk.objects.create(
            incoming=incoming,
            start=start,
            storage_name=name,
            wrapped=wrap(key, kek),
            kek_id=kek_id(kek),
        )
        incoming.received, incoming.touched_at = start + size, now
        incoming.save(update_fields=["received", "touched_at"])
    return True


def _keep(body: Body, size: int, key: bytes) -> tuple[str, int]:
    """The piece goes through 64 KiB at a time, and one byte too many makes it unfit."""
    encryptor, got = Encryptor(key), 0
    with tempfile.TemporaryFile() as file:
        while got <= size and (part := body.read(min(READ_BYTES, size + 1 - got))):
            got += len(part)
            file.write(encryptor.update(part))
        file.write(encryptor.finish())
        file.seek(0)
        return private_storage().save(f"incoming/{new_public_id()}", File(file)), got


def keep_upload(
    upload: EncryptedUpload, name: str, *, owner: AbstractBaseUser, now: datetime
) -> None:
    """A file that came whole waits like one that came in pieces. Raises UploadRefused."""
    with upload:
        require_upload(upload)
        incoming = begin_upload(name, upload.plain_size, owner=owner, now=now)
        if incoming.received:
            return
        stored_as = private_storage().save(f"incoming/{new_public_id()}", upload)
    if not _add(incoming, 0, upload.plain_size, stored_as, upload.key, now):
        private_storage().delete(stored_as)


def incoming_of(owner: AbstractBaseUser) -> QuerySet[Incoming]:
    return Incoming.objects.filter(owner_id=owner.pk).order_by("id")


@contextmanager
def taken(incoming: Incoming, *, now: datetime) -> Iterator[EncryptedUpload]:
    """The whole file as an upload, for one taker at a time; gone once it was taken.

    An error within leaves it to be taken again. Raises NotWhole.
    """
    free = Q(taken_at__isnull=True) | Q(taken_at__lt=now - TAKING)
    mine = Incoming.objects.filter(free, pk=incoming.pk, received=F("size"))
    if not mine.update(taken_at=now):
        raise NotWhole
    try:
        with _assembled(incoming) as upload:
            yield upload
    except BaseException:
        Incoming.objects.filter(pk=incoming.pk).update(taken_at=None)
        raise
    drop(incoming)


def _assembled(incoming: Incoming) -> EncryptedUpload:
    handler = EncryptingUploadHandler()
    handler.new_file("file", incoming.name, "", incoming.size, None, None)
    for part in _plain(incoming):
        handler.receive_data_chunk(part, 0)
    return handler.file_complete(incoming.size)


def drop(incoming: Incoming) -> None:
    """Destroy the keys of its pieces, then the pieces."""
    with transaction.atomic():
        names = list(incoming.chunks.values_list("storage_name", flat=True))
        Incoming.objects.filter(pk=incoming.pk).delete()
    for name in names:
        private_storage().delete(name)


def drop_forgotten(now: datetime) -> int:
    """Files that nobody went on with, or never said what they are."""
    forgotten = list(Incoming.objects.filter(touched_at__lt=now - KEPT).order_by("id")[:500])
    for incoming in forgotten:
        drop(incoming)
    return len(forgotten)


def _plain(incoming: Incoming) -> Iterator[bytes]:
    for chunk in incoming.chunks.order_by("start"):
        key = unwrap(bytes(chunk.wrapped), settings.FILES_KEK)
        yield from decrypt(stored(chunk.storage_name), key)
