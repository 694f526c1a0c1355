"""Failures on order: the next call that matches can go wrong in each way a network knows."""

import re
import threading
from dataclasses import dataclass

KINDS = ("refuse", "error_after", "timeout_after", "rate_limit")


@dataclass(frozen=True)
class Fault:
    """One failure waiting for its call.

    `refuse`: 500 before anything is done; `error_after`: 500 after doing it; `timeout_after`: the
    connection is closed without an answer after doing it; `rate_limit`: 429 before anything, not
    kept under the idempotency key.
    """

    method: str
    path: str
    kind: str


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []
        self.latency_seconds = 0.0

    def order(self, fault: Fault, times: int = 1) -> None:
        with self._lock:
            self._ordered += [fault] * times

    def take(self, method: str, path: str) -> str:
        """The kind of failure for this call, used up; "" for none."""
        with self._lock:
            for fault in self._ordered:
                if fault.method == method and re.search(fault.path, path):
                    self._ordered.remove(fault)
                    return fault.kind
        return ""

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()
