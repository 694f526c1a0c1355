"""A conversation with clamd: stream a file, hear a verdict. Anything unclear is not clean."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 130  # longer than clamd gives itself (MaxScanTime), so that it has the last word
DEVELOPMENT_ENGINE = "Rounds development scanner"
# Files that a scanner could not look into, by the beginning of its word for them: the first that
# fits. That is a fault of the file for its owner to mend, and says nothing of harm.
UNSEEN = {
    "Heuristics.Encrypted.PDF": "This PDF has a password. Save a copy without it and upload that.",
    "Heuristics.Encrypted.": "Something in this file has a password. Save a copy without it and "
    "upload that.",
    "Heuristics.Limits.Exceeded": "This file unpacks to far more than a paper holds. Print it as "
    "PDF anew and upload that.",
}


class ScannerAway(Exception):  # noqa: N818 -- a state of the world
    """No verdict: not reachable, too slow, or an answer that is none. The file stays closed."""


@dataclass(frozen=True)
class Verdict:
    """`found` names what was found; empty for a clean file."""

    found: str
    engine: str

    @property
    def obstacle(self) -> str:
        """Why the file could not be looked into, as a sentence for its owner; else empty."""
        fits = (words for name, words in UNSEEN.items() if self.found.startswith(name))
        return next(fits, "")


def require_scanner() -> str:
    """The engine that answers. Raises ScannerAway: then there is no use in looking further."""
    try:
        engine = _ask(b"zVERSION\0", ())
    except (OSError, ValueError) as error:
        raise ScannerAway(str(error)) from error
    if settings.IS_PRODUCTION and DEVELOPMENT_ENGINE in engine:
        raise ScannerAway("the development scanner decides nothing in production")
    return engine


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Stream the plain bytes to the scanner. Raises ScannerAway without a clear answer."""
    engine = require_scanner()
    try:
        answer = _ask(b"zINSTREAM\0", chunks)
    except (OSError, ValueError) as error:
        raise ScannerAway(str(error)) from error
    if answer == "stream: OK":
        return Verdict("", engine)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(answer.removeprefix("stream: ").removesuffix(" FOUND"), engine)
    raise ScannerAway(answer[:200])


def _ask(command: bytes, chunks: Iterable[bytes]) -> str:
    with _connect() as link:
        link.sendall(command)
        for chunk in chunks:
            if chunk:
                link.sendall(struct.pack(">I", len(chunk)) + chunk)
        if command.startswith(b"zINSTREAM"):
            link.sendall(struct.pack(">I", 0))
        link.settimeout(ANSWER_SECONDS)
        answer = bytearray()
        while not answer.endswith(b"\0"):
            part = link.recv(4096)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect() -> socket.socket:
    place = urlsplit(settings.CLAMAV_ADDRESS)
    if place.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(CONNECT_SECONDS)
        try:
            link.connect(place.path)
        except OSError:
            link.close()
            raise
        return link
    if place.scheme == "tcp" and place.hostname:
        return socket.create_connection((place.hostname, place.port or 3310), CONNECT_SECONDS)
    raise ValueError("no scanner is configured")
