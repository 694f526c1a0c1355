"""What the house holds about a person: each slice says it of its own rows, in its `personal`.

The export reads from here what she gets, erasure what becomes of each row; a contract test looks
that no model which leads to a person is missing and no column with words is forgotten.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from usce.accounts.models import User

Rows = Callable[[User], "QuerySet[Any]"]
AT_ONCE = 500


@dataclass(frozen=True)
class Holding:
    """Rows of one model that are about a person.

    `told` are the columns of her export, also through relations. `emptied` maps each column that
    erasure changes to what it leaves there; without it the rows are deleted. `kept` gives, for
    each column with words that erasure leaves, the reason why.
    """

    model: type[Model]
    rows: Rows
    told: tuple[str, ...] = ()
    untold: str = ""
    emptied: Mapping[str, Any] | None = None
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model._meta.model_name or ""  # noqa: SLF001 -- Django's documented model API

    def read(self, person: User) -> Iterator[dict[str, Any]]:
        """Her rows, oldest first, a few hundred in memory at a time."""
        if not self.told:
            return
        rows, last = self.rows(person).order_by("pk"), None
        while True:
            batch = list(
                (rows.filter(pk__gt=last) if last is not None else rows).values("pk", *self.told)[
                    :AT_ONCE
                ]
            )
            for row in batch:
                last = row.pop("pk")
                yield row
            if len(batch) < AT_ONCE:
                return

    def erase(self, person: User) -> None:
        """Again changes nothing."""
        if self.emptied is None:
            self.rows(person).delete()
        elif self.emptied:
            self.rows(person).update(**self.emptied)


@dataclass(frozen=True)
class OwnFile:
    """A file of hers as it goes into the export: its name there, and its bytes as they come."""

    name: str
    chunks: Callable[[], Iterable[bytes]]


def _nothing(_person: User, _now: datetime) -> list[str]:
    return []


def _no_step(_person: User, _now: datetime) -> None:
    return


def _no_files(_person: User) -> Iterator[OwnFile]:
    return iter(())


@dataclass(frozen=True)
class Part:
    """One slice's word.

    `others` are models which lead to a person but are not about her, with the reason. `let_go` ends
    what is live by the slice's own actions, in her name, before she is gone. `holds` are sentences:
    while there is one, nothing is erased. `consequences` are sentences to read before asking.
    `erase` destroys what rows alone do not say; it runs before the rows, and is safe to run twice.
    `ends_cases` are kinds of staff work that end with these two, so that erasure need not wait.
    """

    name: str
    holdings: tuple[Holding, ...]
    others: Mapping[type[Model], str] = field(default_factory=dict)
    files: Callable[[User], Iterator[OwnFile]] = _no_files
    let_go: Callable[[User, datetime], None] = _no_step
    holds: Callable[[User, datetime], list[str]] = _nothing
    consequences: Callable[[User, datetime], list[str]] = _nothing
    erase: Callable[[User, datetime], None] = _no_step
    ends_cases: tuple[str, ...] = ()


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    if part.name in _parts and _parts[part.name] != part:
        raise ValueError(f"Two slices are called {part.name}.")
    _parts[part.name] = part


def parts() -> list[Part]:
    """From the lowest slice to the highest, as they are installed."""
    return list(_parts.values())


def holds_of(person: User, now: datetime) -> list[str]:
    """Why her data cannot be erased now; empty when it can."""
    return [sentence for part in parts() for sentence in part.holds(person, now)]


def consequences_of(person: User, now: datetime) -> list[str]:
    """What would end with her account, the nearest to her first."""
    return [sentence for part in reversed(parts()) for sentence in part.consequences(person, now)]
