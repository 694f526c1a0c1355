"""At most so often in so long a time, counted in Redis, or in PostgreSQL while that is away."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection

from usce.errors import Refused

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
    number = int(now.timestamp() // window.total_seconds())
    name = hashlib.sha256(key.encode()).hexdigest()
    return _count(name, number, window) <= limit


def check(key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """As `allow`, but raises TooOften."""
    if not allow(key, limit=limit, window=window, now=now):
        raise TooOften


def _count(name: str, number: int, window: timedelta) -> int:
    key = f"limit:{name}:{number}"
    fresh = cache.add(key, 1, int(window.total_seconds()) + 60)
    if fresh:
        return 1
    if cache.get(key) is not None:
        try:
            return int(cache.incr(key))
        except ValueError:  # it ran out between the two calls
            return 1
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [name, number])
        (count,) = cursor.fetchone() or (1,)
    return int(count)
