"""Encryption of a stream: AES-256-GCM in frames of 64 KiB, under a key of the file's own.

A frame is its length (4 bytes), then ciphertext and tag. Its number and whether it is the last
one are authenticated with it, so frames cannot be dropped, repeated or put in another order.
"""

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FRAME_BYTES = 64 * 1024
TAG_BYTES = 16
LENGTH = struct.Struct(">I")
NONCE = struct.Struct(">4xQ")
KEY_BYTES = 32


class Tampered(Exception):  # noqa: N818 -- said of the file, not of the program
    """The stored bytes are not what was written."""


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, kek: bytes) -> bytes:
    """The file's key under the key-encryption key: nonce, then ciphertext and tag."""
    nonce = os.urandom(12)
    return nonce + AESGCM(kek).encrypt(nonce, key, b"rounds file key")


def unwrap(wrapped: bytes, kek: bytes) -> bytes:
    try:
        return AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], b"rounds file key")
    except InvalidTag as error:
        raise Tampered from error


def kek_id(kek: bytes) -> str:
    return hashlib.sha256(b"rounds kek" + kek).hexdigest()[:16]


class Encryptor:
    """Takes plain bytes as they come, gives frames; `finish` gives the last one."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._buffer = bytearray()
        self._number = 0

    def update(self, chunk: bytes) -> bytes:
        self._buffer += chunk
        out = bytearray()
        while len(self._buffer) > FRAME_BYTES:
            out += self._frame(bytes(self._buffer[:FRAME_BYTES]), is_last=False)
            del self._buffer[:FRAME_BYTES]
        return bytes(out)

    def finish(self) -> bytes:
        return self._frame(bytes(self._buffer), is_last=True)

    def _frame(self, plain: bytes, *, is_last: bool) -> bytes:
        nonce = NONCE.pack(self._number)
        sealed = self._cipher.encrypt(nonce, plain, _marks(self._number, is_last=is_last))
        self._number += 1
        return LENGTH.pack(len(sealed)) + sealed


def decrypt(stream: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Plain bytes, a frame at a time; Tampered when anything was changed or is missing."""
    cipher, number, before = AESGCM(key), 0, None
    for sealed in _frames(stream):
        if before is not None:
            yield _open(cipher, number - 1, before, is_last=False)
        before, number = sealed, number + 1
    if before is None:
        raise Tampered
    yield _open(cipher, number - 1, before, is_last=True)


def _open(cipher: AESGCM, number: int, sealed: bytes, *, is_last: bool) -> bytes:
    try:
        return cipher.decrypt(NONCE.pack(number), sealed, _marks(number, is_last=is_last))
    except InvalidTag as error:
        raise Tampered from error


def _frames(stream: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in stream:
        buffer += chunk
        while len(buffer) >= LENGTH.size:
            (size,) = LENGTH.unpack_from(buffer)
            if size > FRAME_BYTES + TAG_BYTES:
                raise Tampered
            if len(buffer) < LENGTH.size + size:
                break
            yield bytes(buffer[LENGTH.size : LENGTH.size + size])
            del buffer[: LENGTH.size + size]
    if buffer:
        raise Tampered


def _marks(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">Q?", number, is_last)
