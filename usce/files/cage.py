"""The parent's side of the reader: a child without our code, our secrets or our time."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

READER = Path(__file__).parent / "reader.py"
MARKER = Path(__file__).parent / "marker.py"
SECONDS = 60
CHUNK_BYTES = 64 * 1024
LONGEST_HEADER = 2000
MOST_REPORT_BYTES = 64 * 1024


class ReaderDied(Exception):  # noqa: N818 -- said of the child
    """The child ended without a report: out of memory or time, or felled by the file."""


@dataclass(frozen=True)
class Part:
    """Something that the reader made of the file; `chunks` are to be used up before the next."""

    kind: str
    number: int
    media_type: str
    width: int
    height: int
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class Seen:
    """What one check of the reader found; `problem` is a sentence for the file's owner."""

    name: str
    problem: str
    seen: str


def read(
    media_type: str, plain: Iterable[bytes], *, report: list[Seen]
) -> Generator[Part, None, None]:
    """Feed the plain bytes to a child and yield what it makes of them; `report` is filled last.

    Nothing of it lies in memory as a whole, nor on a disk. Raises ReaderDied.
    """
    return _run(READER, media_type, plain, report)


def mark(words: str, plain: Iterable[bytes]) -> Generator[Part, None, None]:
    """The page, a JPEG, with the words drawn across it: one part. Raises ReaderDied."""
    return _run(MARKER, words, plain, [])


def _run(
    script: Path, told: str, plain: Iterable[bytes], report: list[Seen]
) -> Generator[Part, None, None]:
    child = subprocess.Popen(
        [sys.executable, "-I", str(script), told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    end = threading.Timer(SECONDS, _kill, (child,))
    feeder = threading.Thread(target=_feed, args=(child, plain), daemon=True)
    end.start()
    feeder.start()
    try:
        if child.stdout is None:
            raise ReaderDied
        yield from _parts(child.stdout, report)
    finally:
        end.cancel()
        _kill(child)
        child.wait()
        feeder.join(timeout=5)
        if child.stdout is not None:
            child.stdout.close()


def _parts(output: IO[bytes], report: list[Seen]) -> Iterator[Part]:
    while True:
        header = _header(output)
        size = int(header["size"])
        if header["kind"] == "report":
            if size > MOST_REPORT_BYTES:
                raise ReaderDied
            report += [Seen(**row) for row in json.loads(b"".join(_exactly(output, size)))]
            return
        yield Part(
            header["kind"],
            header["number"],
            header["media_type"],
            header.get("width", 0),
            header.get("height", 0),
            size,
            _exactly(output, size),
        )


def _header(output: IO[bytes]) -> dict[str, Any]:
    line = output.readline(LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise ReaderDied
    return dict(json.loads(line))


def _exactly(output: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        chunk = output.read(min(size, CHUNK_BYTES))
        if not chunk:
            raise ReaderDied
        size -= len(chunk)
        yield chunk


def _feed(child: subprocess.Popen[bytes], plain: Iterable[bytes]) -> None:
    if child.stdin is None:
        return
    with suppress(BrokenPipeError), child.stdin as door:
        for chunk in plain:
            door.write(chunk)


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
