"""What the current request is called, from page to job, without passing it by hand."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_WELL_FORMED = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def current_request_id() -> str:
    return _request_id.get()


def new_request_id(proposed: str = "") -> str:
    """The proposed id if it is well formed (a proxy's), else a fresh one."""
    return proposed if _WELL_FORMED.match(proposed) else secrets.token_hex(8)


@contextmanager
def request_id(value: str) -> Iterator[str]:
    token = _request_id.set(value)
    try:
        yield value
    finally:
        _request_id.reset(token)
