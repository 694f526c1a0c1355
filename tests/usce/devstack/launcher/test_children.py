import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.usce.devstack.launcher.processes import wait_for_end
from usce.devstack.children import Child, stop_all

pytestmark = pytest.mark.processes


@pytest.fixture
def children() -> Iterator[list[Child]]:
    children: list[Child] = []
    yield children
    stop_all(children)


def start(children: list[Child], logs: Path, script: str) -> Child:
    child = Child("helper", ["sh", "-c", script], env=dict(os.environ), logs=logs)
    children.append(child)
    return child


def test_dead_child_is_told_once_and_started_again(children: list[Child], tmp_path: Path) -> None:
    child = start(children, tmp_path, "exec sleep 60")
    first = child.process.pid
    child.process.kill()
    child.process.wait()
    said = [child.revive(), child.revive()]
    assert said == [
        f"helper stopped (SIGKILL); starting it again in 1 s. Its log: {child.log}",
        None,
    ]
    time.sleep(1.1)
    child.revive()
    assert child.is_alive
    assert child.process.pid != first


def test_child_that_keeps_dying_waits_longer_each_time(
    children: list[Child], tmp_path: Path
) -> None:
    child = start(children, tmp_path, "exit 3")
    said: list[str] = []
    while len(said) < 2:
        said += filter(None, [child.revive()])
        time.sleep(0.02)
    assert [sentence.split(". ")[0] for sentence in said] == [
        "helper stopped (exit 3); starting it again in 1 s",
        "helper stopped (exit 3); starting it again in 2 s",
    ]


def test_stop_leaves_no_grandchild(children: list[Child], tmp_path: Path) -> None:
    child = start(children, tmp_path, "sleep 60 & echo $!; wait")
    while not (written := child.log.read_text().strip()):
        time.sleep(0.02)
    stop_all([child])
    wait_for_end(int(written))


def test_child_output_goes_to_its_log(children: list[Child], tmp_path: Path) -> None:
    child = start(children, tmp_path, "echo out; echo err >&2")
    child.process.wait()
    assert child.log.read_text() == "out\nerr\n"
