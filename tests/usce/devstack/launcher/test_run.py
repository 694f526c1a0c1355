import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.usce.devstack.launcher.processes import is_alive, kill
from usce.devstack.environment import free_port
from usce.devstack.services.postgres import cluster_in

pytestmark = pytest.mark.processes

# What the suite itself is told must not leak into the product that is started from nothing.
OURS = re.compile(r"DATABASE_URL|REDIS_URL|STRIPE_\w+|CLAMAV_\w+|FILES_\w+|EMAIL_URL|SITE_URL")


def environment(data_dir: Path, port: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
    return kept | {"DATA_DIR": str(data_dir), "PORT": port}


def run_once(data_dir: Path, port: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "usce.devstack.run"],
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def descendants(pid: int) -> dict[int, str]:
    """Living processes below this one: process id to command line.

    Told by parentage: gunicorn and Celery write their titles over what /proc keeps of the rest.
    """
    found: dict[int, str] = {}
    family = {pid}
    while family:
        family = {child for child, parent in parents().items() if parent in family}
        found |= {child: title(child) for child in family if is_alive(child)}
    return found


def parents() -> dict[int, int]:
    """Every process and its parent, without ps, which a bare machine lacks."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found[int(file.parent.name)] = int(file.read_text().rsplit(")", 1)[1].split()[1])
    return found


def title(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def workers(pid: int) -> list[int]:
    return [child for child, line in descendants(pid).items() if "MainProcess" in line]


@contextmanager
def started(data_dir: Path) -> Iterator["tuple[subprocess.Popen[str], int]"]:
    """The product, up and greeting, and its port."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "usce.devstack.run"],
        env=environment(data_dir, str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        said = ""
        while "Ctrl-C stops everything" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield process, port
        process.kill()


@pytest.fixture
def running(data_dir: Path) -> Iterator["tuple[subprocess.Popen[str], int]"]:
    with started(data_dir) as found:
        yield found


def test_taken_port_is_said_in_one_sentence(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_once(data_dir, str(port)) == (
            1,
            f"Port {port} is taken by another program; choose another: make run PORT={port + 1}\n",
        )


def test_port_that_is_no_number_is_said(data_dir: Path) -> None:
    assert run_once(data_dir, "http") == (
        1,
        "PORT must be a number from 1 to 65535, not 'http'.\n",
    )


def test_second_run_on_the_same_data_is_refused(data_dir: Path) -> None:
    with (data_dir / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = run_once(data_dir, str(free_port()))
    assert code == 1
    assert said.startswith(f"Rounds already runs with the data in {data_dir};")


def test_product_starts_revives_its_worker_and_stops_whole(
    running: "tuple[subprocess.Popen[str], int]", data_dir: Path
) -> None:
    process, port = running
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        assert answer.status == 200
    [worker] = workers(process.pid)
    kill(worker)
    assert process.stdout
    assert "worker stopped (SIGKILL)" in process.stdout.readline()
    deadline = time.monotonic() + 30
    while not workers(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    family = descendants(process.pid)
    servers = [cluster_in(data_dir, durable=True).running_pid()]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert [pid for pid in [*family, *servers] if pid and is_alive(pid)] == []


def rotations_told(port: int) -> str:
    """What the public page says about how many there are."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/rotations") as answer:
        page = answer.read().decode()
    [told] = re.findall(r"([\d,]+) rotations", page)[:1]
    return str(told)


def test_product_killed_whole_resumes_with_its_data(
    running: "tuple[subprocess.Popen[str], int]", data_dir: Path
) -> None:
    process, port = running
    before = rotations_told(port)
    database = cluster_in(data_dir, durable=True).running_pid()
    broker = int((data_dir / "valkey" / "valkey.pid").read_text())
    assert database
    for pid in (process.pid, *descendants(process.pid), database, broker):
        with suppress(ProcessLookupError):
            kill(pid)
    process.wait(10)
    with started(data_dir) as (again, new_port):
        assert rotations_told(new_port) == before
        again.send_signal(signal.SIGTERM)
        assert again.wait(60) == 0
