"""`make bench-pages`: the pages against the floor page, interleaved, at two sizes of catalogue."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import django

from benchmarks.catalogue import LARGE, fill
from benchmarks.load import Measured, measure
from usce.devstack.environment import free_port

ROUNDS, SECONDS = 3, 3.0
CONNECTIONS = (1, 8)
SIZES = (400, LARGE)  # published rotations
# Whoever brings a session gets a page rendered anew; visitors get the one that is kept.
SESSION = "sessionid=of-nobody"
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    django.setup()
    fill(SIZES[0])
    with served() as port:
        for rotations in SIZES:
            fill(rotations)
            print(f"\n{rotations:,} rotations")
            report(_measured(port))


def _measured(port: int) -> dict[tuple[str, int], list[Measured]]:
    search, rotation = "/rotations?q=medicine&kind=externship&kind=observership", _a_rotation()
    pages = {
        "floor": ("/floor", ""),
        "search": (search, ""),
        "rotation": (rotation, ""),
        "all, anew": ("/rotations", SESSION),
        "search, anew": (search, SESSION),
        "rotation, anew": (rotation, SESSION),
    }
    found: dict[tuple[str, int], list[Measured]] = {
        (name, n): [] for name in pages for n in CONNECTIONS
    }
    for _round in range(ROUNDS):
        for (name, n), results in found.items():
            path, cookie = pages[name]
            results.append(measure(port, path, cookie=cookie, connections=n, seconds=SECONDS))
    return found


def report(found: dict[tuple[str, int], list[Measured]]) -> None:
    print("page            c   rps    of floor  p50 ms  p95 ms  p95/p50")
    for (name, n), results in found.items():
        floor = statistics.median(r.rps for r in found["floor", n])
        rps = statistics.median(r.rps for r in results)
        p50 = statistics.median(r.p50_ms for r in results)
        p95 = statistics.median(r.p95_ms for r in results)
        ratios = f"{rps / floor:6.2f}   {p50:7.1f} {p95:7.1f}  {p95 / p50:5.1f}"
        print(f"{name:<15} {n}  {rps:6.1f}  {ratios}")


@contextmanager
def served() -> Iterator[int]:
    port = free_port()
    options = ("--workers", "2", "--bind", f"127.0.0.1:{port}", "--keep-alive", "5")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", *options],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,  # a line a request, which nobody reads here
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    for _attempt in range(100):
        try:
            link = HTTPConnection("127.0.0.1", port, timeout=10)
            link.request("GET", "/healthz")
            link.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start")


def _a_rotation() -> str:
    from rotations.catalog.models import Rotation  # noqa: PLC0415 -- needs Django to be set up

    found = Rotation.objects.order_by("pk").first()
    if found is None:
        raise RuntimeError("the catalogue is empty")
    return f"/rotations/{found.public_id}-{found.slug}"


if __name__ == "__main__":
    main()
