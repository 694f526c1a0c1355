"""Links that open a door are made when a mail leaves, so that no row ever holds their secret."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Minter = Callable[[dict[str, Any], datetime], str]
_minters: list[Minter] = []


def set_minter(minter: Minter) -> None:
    _minters[:] = [minter]


def mint(request: dict[str, Any], now: datetime) -> str:
    """The path of a fresh link for the asked scope and subject."""
    return _minters[0](request, now)
