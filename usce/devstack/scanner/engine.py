"""What the development scanner looks for, and where: plainly, in zips, in PDF streams."""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

VERSION = "Rounds development scanner 1.0 (test signatures only)"
# Put together here, so that no file of the project sets off a real scanner.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DIGESTS: dict[str, str] = {hashlib.sha256(EICAR).hexdigest(): "Eicar-By-Digest"}
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
MOST_INFLATED = 20 * 1024 * 1024
MOST_LAYERS = 3
LOCKED = 0x1


def find(content: bytes) -> str:
    """The name of what was found, or "". Looks into zips and Flate streams three layers deep."""
    if name := DIGESTS.get(hashlib.sha256(content).hexdigest(), ""):
        return name
    parts = list(_parts(content, 0))
    if any(EICAR in part for part in parts):
        return "Eicar-By-Text"
    return "Heuristics.Encrypted.Zip" if any(_is_locked(part) for part in parts) else ""


def _parts(content: bytes, layer: int) -> Iterator[bytes]:
    yield content
    if layer >= MOST_LAYERS:
        return
    if content.startswith(b"PK"):
        for inner in _zipped(content):
            yield from _parts(inner, layer + 1)
    if content.startswith(b"%PDF-"):
        for match in STREAM.finditer(content):
            inflated = _inflated(match.group(1))
            if inflated:
                yield from _parts(inflated, layer + 1)


def _zipped(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.file_size <= MOST_INFLATED and not entry.flag_bits & LOCKED:
                    yield archive.read(entry)
    except (zipfile.BadZipFile, RuntimeError, zlib.error):
        return


def _is_locked(content: bytes) -> bool:
    """A zip with a password, as clamd is told to report it (AlertEncrypted)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(entry.flag_bits & LOCKED for entry in archive.infolist())
    except zipfile.BadZipFile:
        return False


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_INFLATED)
    except zlib.error:
        return b""
