"""Which names can be queued, and what repeats. Filled when each slice's `tasks` is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

JobFunction = Callable[..., None]


@dataclass(frozen=True)
class Entry:
    name: str
    function: JobFunction
    attempts: int
    every: timedelta | None = None


_entries: dict[str, Entry] = {}


def job(
    name: str, *, attempts: int = 10, every: timedelta | None = None
) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job `name` ("slice.verb_noun").

    It takes plain keyword arguments (ids), is safe to run twice, and may run again after a crash.
    After `attempts` failures it rests as failed until staff retry it. With `every` it is also
    queued by itself at that period.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in _entries and _entries[name].function.__qualname__ != function.__qualname__:
            raise ValueError(f"Two jobs are called {name}.")
        _entries[name] = Entry(name, function, attempts, every)
        return function

    return register


def entry(name: str) -> Entry:
    return _entries[name]


def entries() -> list[Entry]:
    return sorted(_entries.values(), key=lambda e: e.name)


def call(name: str, args: dict[str, Any]) -> None:
    _entries[name].function(**args)
