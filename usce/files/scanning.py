"""A conversation with clamd: stream a file, hear a verdict. Anything unclear is not clean."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
DEVELOPMENT_ENGINE = "Rounds development scanner"


class ScannerAway(Exception):  # noqa: N818 -- a state of the world
    """No verdict: not reachable, too slow, or an answer that is none. The file stays closed."""


@dataclass(frozen=True)
class Verdict:
    is_clean: bool
    found: str
    engine: str


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Stream the plain bytes to the scanner. Raises ScannerAway without a clear answer."""
    try:
        engine = _ask(b"zVERSION\0", ())
        answer = _ask(b"zINSTREAM\0", chunks)
    except (OSError, ValueError) as error:
        raise ScannerAway(str(error)) from error
    if answer == "stream: OK":
        return Verdict(is_clean=True, found="", engine=engine)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")
        return Verdict(is_clean=False, found=found, engine=engine)
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
