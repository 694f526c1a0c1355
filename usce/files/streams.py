"""The bytes of a file, decrypted on their way out and never all in memory."""

from collections.abc import Generator, Iterator
from contextlib import closing
from urllib.parse import quote

from django.conf import settings
from django.http import StreamingHttpResponse

from usce.files.cage import Part, ReaderDied, mark
from usce.files.crypto import decrypt, unwrap
from usce.files.models import Blob, Derivative, DerivativeKind, WrappedKey
from usce.files.states import BlobState
from usce.storage import private_storage

CHUNK_BYTES = 64 * 1024


class NotServable(Exception):  # noqa: N818 -- said of the file
    """No scanner has passed this file, or it was erased."""


def open_clean(blob: Blob) -> tuple[Derivative, Iterator[bytes]]:
    """The clean copy of a file that passed every check, and its plain bytes."""
    copy = _derived(blob, DerivativeKind.CLEANED)
    if copy is None:
        raise NotServable
    return copy, open_derivative(copy)


def open_original(blob: Blob) -> Iterator[bytes]:
    """What its owner once uploaded: for the owner's own export alone."""
    if blob.state != BlobState.CLEAN:
        raise NotServable
    return open_plain(blob)


def open_plain(blob: Blob) -> Iterator[bytes]:
    """The plain bytes whatever the state: for the checks alone, never for a person."""
    row = WrappedKey.objects.filter(blob=blob).first()
    if row is None:
        raise NotServable
    return decrypt(stored(blob.storage_name), unwrap(bytes(row.wrapped), settings.FILES_KEK))


def open_derivative(derivative: Derivative) -> Iterator[bytes]:
    """Only of a clean blob: a derivative is written with that state, in one transaction."""
    row = WrappedKey.objects.filter(derivative=derivative).first()
    if row is None:
        raise NotServable
    key = unwrap(bytes(row.wrapped), settings.FILES_KEK)
    return decrypt(stored(derivative.storage_name), key)


def text_of(blob: Blob) -> str:
    """The text that the reader found; a picture has none."""
    text = _derived(blob, DerivativeKind.TEXT)
    return b"".join(open_derivative(text)).decode() if text else ""


def download(blob: Blob, file_name: str) -> StreamingHttpResponse:
    """A response that streams the clean copy to be saved, not shown, and kept by no cache."""
    copy, chunks = open_clean(blob)
    response = _closed(chunks, copy)
    name = quote(_named(file_name, copy.media_type), safe="")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def show_page(page: Derivative) -> StreamingHttpResponse:
    """A response that shows one page as a picture, kept by no cache."""
    if page.kind != DerivativeKind.PAGE:
        raise NotServable
    response = _closed(open_derivative(page), page)
    response["Content-Disposition"] = "inline"
    return response


def show_marked_page(page: Derivative, words: str) -> StreamingHttpResponse:
    """The same with the words drawn across it, in a cage of its own. Raises NotServable."""
    if page.kind != DerivativeKind.PAGE:
        raise NotServable
    parts = mark(words, open_derivative(page))
    try:
        drawn = next(parts)
    except (ReaderDied, StopIteration) as error:
        raise NotServable from error
    response = _closed(_until_end(drawn, parts), page)
    response["Content-Length"] = str(drawn.size)
    response["Content-Disposition"] = "inline"
    return response


def _until_end(drawn: Part, parts: Generator[Part, None, None]) -> Iterator[bytes]:
    """The child is ended with the answer, also where nobody waited for all of it."""
    with closing(parts):
        yield from drawn.chunks


def _closed(chunks: Iterator[bytes], what: Derivative) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=what.media_type)
    response["Content-Length"] = str(what.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _named(file_name: str, media_type: str) -> str:
    """The name with the ending of what the clean copy is: a photo of a phone became a JPEG."""
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg"}[media_type]
    stem, dot, was = file_name.rpartition(".")
    if dot and was.lower() in ("jpg", "jpeg", "pdf") and was.lower()[:2] == ending[:2]:
        return file_name
    return f"{stem or file_name}.{ending}"


def _derived(blob: Blob, kind: str) -> Derivative | None:
    if blob.state != BlobState.CLEAN:
        raise NotServable
    return Derivative.objects.filter(blob=blob, kind=kind).first()


def stored(name: str) -> Iterator[bytes]:
    """The ciphertext as it lies in the storage."""
    with private_storage().open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
