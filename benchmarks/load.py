"""So many connections, each asking again as soon as it is answered."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Requests per second, and milliseconds at the median and the 95th percentile."""

    rps: float
    p50_ms: float
    p95_ms: float


def measure(port: int, path: str, *, cookie: str, connections: int, seconds: float) -> Measured:
    """Ask for `path` over kept connections. Any answer but 200 is an error."""
    taken: list[float] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end:
            began = time.monotonic()
            link.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            response = link.getresponse()
            response.read()
            if response.status != http.client.OK:
                raise RuntimeError(f"{path} answered {response.status}")
            taken.append(time.monotonic() - began)
        link.close()

    threads = [threading.Thread(target=ask) for _number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken)
    return Measured(
        rps=len(ordered) / seconds,
        p50_ms=1000 * statistics.median(ordered),
        p95_ms=1000 * ordered[int(0.95 * (len(ordered) - 1))],
    )
