"""Uploads are encrypted while they arrive: no readable byte touches a disk."""

import hashlib
import secrets
import tempfile
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils import timezone

from usce.files.crypto import Encryptor, new_key
from usce.limits.actions import allow

MOST_A_MINUTE = 30
MINUTE = timedelta(minutes=1)

if TYPE_CHECKING:
    _UploadedFile = UploadedFile[bytes]
else:  # generic only in the stubs
    _UploadedFile = UploadedFile


class EncryptedUpload(_UploadedFile):
    """An upload that is ciphertext already. Its key lives here, in memory, until it is stored.

    Past the limit of bytes, or of uploads in a minute (`is_too_often`), nothing of it was kept;
    `plain_size` tells how much came.
    """

    def __init__(self, file: IO[bytes], name: str, size: int, **more: Any) -> None:
        self.key: bytes = more.pop("key")
        self.sha256: str = more.pop("sha256")
        self.is_too_often: bool = more.pop("is_too_often")
        self.plain_size = size
        super().__init__(file=file, name=name, size=size, **more)


class EncryptingUploadHandler(FileUploadHandler):
    """Encrypts each chunk as it comes, counts it, and stops keeping past the limit."""

    chunk_size = 64 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._key = new_key()
        self._encryptor = Encryptor(self._key)
        self._digest = hashlib.sha256()
        self._size = 0
        self._is_too_often = not self._may_send()
        # Unlinked at once by the system: an abandoned upload leaves nothing behind.
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- lives past this method

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002 -- Django's signature
        self._size += len(raw_data)
        if self._size <= settings.FILE_UPLOAD_MAX_BYTES and not self._is_too_often:
            self._digest.update(raw_data)
            self._file.write(self._encryptor.update(raw_data))
        return None

    def file_complete(self, file_size: int) -> EncryptedUpload:  # noqa: ARG002 -- counted ourselves
        self._file.write(self._encryptor.finish())
        self._file.seek(0)
        return EncryptedUpload(
            self._file,
            self.file_name or f"upload-{secrets.token_hex(4)}",
            self._size,
            content_type=self.content_type,
            charset=None,
            key=self._key,
            sha256=self._digest.hexdigest(),
            is_too_often=self._is_too_often,
        )

    def _may_send(self) -> bool:
        """So many files a minute for one person, or one address: the rest is not even encrypted."""
        if self.request is None:
            return True
        user = getattr(self.request, "user", None)
        who = getattr(user, "pk", None) or self.request.META.get("REMOTE_ADDR", "")
        return allow(f"files:{who}", limit=MOST_A_MINUTE, window=MINUTE, now=timezone.now())

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
