"""Photos of one paper become one PDF that waits like a file that came whole.

They are read in the cage: this process sees only bytes that it decrypts and encrypts again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser

from usce.errors import Refused
from usce.files.cage import ReaderDied, Seen, read
from usce.files.crypto import decrypt
from usce.files.incoming import keep_upload, taken
from usce.files.models import Incoming
from usce.files.uploads import EncryptedUpload, EncryptingUploadHandler
from usce.limits.actions import check

MOST_PAGES = 12
MOST_BYTES = 60 * 1024 * 1024
MOST_A_MINUTE = 6
MINUTE = timedelta(minutes=1)
DIED = "One of these files cannot be read as a picture. Leave it out, or take it once more."


class CannotJoin(Refused):
    """These files do not become one paper; the message says which and why."""


def join_pages(
    pages: Sequence[Incoming], name: str, *, owner: AbstractBaseUser, now: datetime
) -> None:
    """Make one PDF of these photos, in this order; then they are gone.

    Raises CannotJoin, UploadRefused, NotWhole, TooOften; the photos then wait on.
    """
    if not 1 < len(pages) <= MOST_PAGES:
        raise CannotJoin(f"Choose from two to {MOST_PAGES} photos.")
    if sum(page.size for page in pages) > MOST_BYTES:
        raise CannotJoin("These photos are too large together. Join fewer of them.")
    check(f"joins:{owner.pk}", limit=MOST_A_MINUTE, window=MINUTE, now=now)
    with ExitStack() as stack:
        uploads = [stack.enter_context(taken(page, now=now)) for page in pages]
        keep_upload(_joined(uploads, name), name, owner=owner, now=now)


def _joined(uploads: Sequence[EncryptedUpload], name: str) -> EncryptedUpload:
    handler, report = EncryptingUploadHandler(), list[Seen]()
    handler.new_file("file", name, "application/pdf", None, None, None)
    try:
        for part in read("pages", _in_order(uploads), report=report):
            for chunk in part.chunks:
                handler.receive_data_chunk(chunk, 0)
    except ReaderDied:
        report = [Seen("picture", DIED, "")]
    if problem := next((row.problem for row in report if row.problem), ""):
        handler.upload_interrupted()
        raise CannotJoin(problem)
    return handler.file_complete(0)


def _in_order(uploads: Iterable[EncryptedUpload]) -> Iterator[bytes]:
    for upload in uploads:
        yield b"%d\n" % upload.plain_size
        yield from decrypt(upload.chunks(), upload.key)
