"""A cache that can be away: an error is a miss, and nothing waits for it twice."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger()
TIMEOUT_SECONDS = 0.2
OPEN_SECONDS = 5.0
R = TypeVar("R")


class SoftRedisCache(RedisCache):
    """Redis with 0.2 s time-outs; after an error it is left alone for five seconds.

    Correctness never depends on it: reads miss, writes are lost, nothing is raised. `add` finds
    nothing there, so it says True: allauth waits for a lock by `add` and refuses who gets none.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", TIMEOUT_SECONDS)
        options.setdefault("socket_connect_timeout", TIMEOUT_SECONDS)
        super().__init__(server, params)
        self._closed_until = 0.0

    def _softly(self, otherwise: R, call: Callable[[], R]) -> R:
        if time.monotonic() < self._closed_until:
            return otherwise
        try:
            return call()
        except (RedisError, OSError) as error:
            self._closed_until = time.monotonic() + OPEN_SECONDS
            log.warning("cache_away", error=type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._softly(True, lambda: super(SoftRedisCache, self).add(*args, **kwargs))  # noqa: FBT003 -- as on a miss

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._softly(default, lambda: super(SoftRedisCache, self).get(key, default, version))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._softly(None, lambda: super(SoftRedisCache, self).set(*args, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._softly(False, lambda: super(SoftRedisCache, self).touch(*args, **kwargs))  # noqa: FBT003 -- as on a miss

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._softly(False, lambda: super(SoftRedisCache, self).delete(*args, **kwargs))  # noqa: FBT003 -- as on a miss

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return self._softly({}, lambda: super(SoftRedisCache, self).get_many(*args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._softly([], lambda: super(SoftRedisCache, self).set_many(*args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._softly(None, lambda: super(SoftRedisCache, self).delete_many(*args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._softly(False, lambda: super(SoftRedisCache, self).has_key(*args, **kwargs))  # noqa: FBT003 -- as on a miss

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The new value; 0 while Redis is away. ValueError for an unknown key."""
        return self._softly(0, lambda: super(SoftRedisCache, self).incr(key, delta, version))

    def clear(self) -> None:
        self._softly(None, lambda: super(SoftRedisCache, self).clear())


def is_reachable(cache: BaseCache) -> bool:
    """Whether a value just written can be read: what readiness tells."""
    cache.set("rounds.reachable", "1", 5)
    return bool(cache.get("rounds.reachable") == "1")
