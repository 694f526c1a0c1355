"""Everything that is looked at in a file before anybody may open it, in this order.

Its kind by content, what the caged reader finds and makes of it, and then harm by the scanner. The
reader comes first because it has limits: what would keep a scanner busy for minutes ends there.
Nothing here writes to the database: what was made lies encrypted in the storage, with its key in
memory, until the caller keeps or discards it.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.files import File

from usce.crashpoints import reach
from usce.files import scanning
from usce.files.cage import Part, ReaderDied, Seen, read
from usce.files.checks import ALLOWED, HEAD_BYTES, TAIL_BYTES, kind_of
from usce.files.crypto import Encryptor, new_key
from usce.files.models import Blob
from usce.files.streams import open_plain
from usce.ids import new_public_id
from usce.storage import private_storage

FOLDER = "derivatives"
READER = "caged reader"
DIED = "This file could not be read safely. Save or scan it once more and upload that."


@dataclass(frozen=True)
class Note:
    """What one check saw; `problem` is a sentence for the owner, empty when it passed."""

    name: str
    problem: str
    seen: str
    engine: str


@dataclass(frozen=True)
class Made:
    kind: str
    number: int
    media_type: str
    width: int
    height: int
    size: int
    storage_name: str
    key: bytes


@dataclass
class Inspection:
    media_type: str = ""
    notes: list[Note] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not any(note.problem for note in self.notes)


def inspect(blob: Blob) -> Inspection:
    """Look at the file until the first fault. Raises ScannerAway where no verdict can be had."""
    found = Inspection()
    kind = kind_of(*_ends(open_plain(blob)))
    found.media_type = kind.media_type
    seen = ALLOWED.get(kind.media_type, "")
    found.notes.append(Note("type", kind.problem, seen, "by its content"))
    try:
        if found.is_clean:
            scanning.require_scanner()
            _read(blob, found)
        if found.is_clean:
            found.notes.append(_heard(scanning.scan(open_plain(blob))))
    except BaseException:
        discard(found.made)
        raise
    if not found.is_clean:
        discard(found.made)
    return found


def discard(made: Iterable[Made]) -> None:
    """Delete what was stored and will not be kept."""
    for one in made:
        private_storage().delete(one.storage_name)


def _heard(verdict: scanning.Verdict) -> Note:
    """A file that the scanner could not look into stays closed, but is not called harmful."""
    if verdict.obstacle:
        return Note("structure", verdict.obstacle, "", verdict.engine)
    return Note("malware", verdict.found, "", verdict.engine)


def _read(blob: Blob, found: Inspection) -> None:
    report: list[Seen] = []
    try:
        for part in read(found.media_type, open_plain(blob), report=report):
            found.made.append(_store(part))
            reach("files.part")
    except ReaderDied:
        report.append(Seen("structure", DIED, ""))
    found.notes += [Note(row.name, row.problem, row.seen, READER) for row in report]


def _store(part: Part) -> Made:
    """Encrypted while it comes out of the pipe, under a key of its own."""
    key = new_key()
    encryptor = Encryptor(key)
    with tempfile.TemporaryFile() as file:
        for chunk in part.chunks:
            file.write(encryptor.update(chunk))
        file.write(encryptor.finish())
        file.seek(0)
        name = private_storage().save(f"{FOLDER}/{new_public_id()}", File(file))
    return Made(
        part.kind, part.number, part.media_type, part.width, part.height, part.size, name, key
    )


def _ends(chunks: Iterator[bytes]) -> tuple[bytes, bytes]:
    head, tail = b"", b""
    for chunk in chunks:
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        tail = (tail + chunk)[-TAIL_BYTES:]
    return head, tail
