"""Many callers from one starting line, on a committed database (`clean_db`)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(calls: Iterable[Callable[[], object]]) -> Counter[str]:
    """Run all calls from one starting line; count what they return or raise, by type's name.

    The product gives up on a lock after three seconds and asks to try again. Here everybody waits
    for the end, so that a slow machine proves the same as a fast one.
    """
    waiting = list(calls)
    line = threading.Barrier(len(waiting))

    def run(call: Callable[[], object]) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")
            line.wait()
            return type(call()).__name__
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return Counter(pool.map(run, waiting))
