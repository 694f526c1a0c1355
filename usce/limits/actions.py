"""At most so often in so long a time, counted in Redis, or in PostgreSQL while that is away."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection

from usce.errors import Refused
from usce.limits.models import Counter

UPSERT = """
INSERT INTO limits_counter (key, "window", count) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN limits_counter."window" = EXCLUDED."window"
                 THEN limits_counter.count + 1 ELSE 1 END,
    "window" = EXCLUDED."window"
RETURNING count
"""


class TooOften(Refused):
    def __init__(self) -> None:
        super().__init__("That was tried too often. Please wait a few minutes and try again.")


def allow(key: str, *, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one more; False when it is more than `limit` in the current window.

    Windows are fixed stretches of the clock. The key may hold an address: only its hash is kept.
    """
    name, number = _place(key, window, now)
    return _count(name, number, window) <= limit


def check(key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """As `allow`, but raises TooOften."""
    if not allow(key, limit=limit, window=window, now=now):
        raise TooOften


def forget(key: str, *, window: timedelta, now: datetime) -> None:
    """Take back what was counted in the current window: the person has proven to be himself."""
    name, number = _place(key, window, now)
    cache.delete(f"limit:{name}:{number}")
    Counter.objects.filter(pk=name).delete()


def _place(key: str, window: timedelta, now: datetime) -> tuple[str, int]:
    number = int(now.timestamp() // window.total_seconds())
    return hashlib.sha256(key.encode()).hexdigest(), number


def _count(name: str, number: int, window: timedelta) -> int:
    key = f"limit:{name}:{number}"
    cache.add(key, 0, int(window.total_seconds()) + 60)
    try:
        counted = int(cache.incr(key))
    except ValueError:  # it ran out, or was thrown out, between the two calls
        counted = 1
    if counted:
        return counted
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [name, number])
        (count,) = cursor.fetchone() or (1,)
    return int(count)
