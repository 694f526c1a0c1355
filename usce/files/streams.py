"""The bytes of a file, decrypted on their way out and never all in memory."""

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings
from django.http import StreamingHttpResponse

from usce.files.crypto import decrypt, unwrap
from usce.files.models import Blob, WrappedKey
from usce.files.states import BlobState
from usce.storage import private_storage

CHUNK_BYTES = 64 * 1024


class NotServable(Exception):  # noqa: N818 -- said of the file
    """No scanner has passed this file, or it was erased."""


def open_clean(blob: Blob) -> Iterator[bytes]:
    """The plain bytes of a file that was scanned and found clean."""
    if blob.state != BlobState.CLEAN:
        raise NotServable
    return open_plain(blob)


def open_plain(blob: Blob) -> Iterator[bytes]:
    """The plain bytes whatever the state: for the checks alone, never for a person."""
    row = WrappedKey.objects.filter(blob=blob).first()
    if row is None:
        raise NotServable
    return decrypt(_stored(blob), unwrap(bytes(row.wrapped), settings.FILES_KEK))


def download(blob: Blob, file_name: str) -> StreamingHttpResponse:
    """A response that streams the file to be saved, not shown, and kept by no cache."""
    response = StreamingHttpResponse(open_clean(blob), content_type=blob.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
    response["Content-Length"] = str(blob.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _stored(blob: Blob) -> Iterator[bytes]:
    with private_storage().open(blob.storage_name) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
