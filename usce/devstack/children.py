"""Processes that a supervisor keeps alive and ends in order."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60  # a child that lived this long begins its back-off anew
STOP_SECONDS = 15


@functools.cache
def dies_with_us() -> tuple[str, ...]:
    """A prefix that ends a child when the supervisor is killed outright (Linux)."""
    prefix = ("setpriv", "--pdeathsig", "TERM", "--")
    if shutil.which("setpriv") is None:
        return ()
    works = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if works.returncode == 0 else ()


class Child:
    """One long-running command, its output in a log, in a process group of its own."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, env: dict[str, str], logs: Path
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self.log.write_text("")
        self._command = [*dies_with_us(), *map(str, command)]
        self._env = env
        self._pause = FIRST_PAUSE
        self._start_at: float | None = None
        self._launch()

    def _launch(self) -> None:
        self._start_at = None
        self._started = time.monotonic()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def revive(self) -> str | None:
        """Start a dead child again after its back-off; the sentence to say when it just died."""
        if self.is_alive:
            return None
        now = time.monotonic()
        if self._start_at is None:
            if now - self._started > STEADY_SECONDS:
                self._pause = FIRST_PAUSE
            self._kill_group()
            self._start_at, pause = now + self._pause, self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return (
                f"{self.name} stopped ({self._manner()}); starting it again in {pause:.0f} s. "
                f"Its log: {self.log}"
            )
        if now >= self._start_at:
            self._launch()
        return None

    def _manner(self) -> str:
        code = self.process.returncode
        return f"exit {code}" if code >= 0 else signal.Signals(-code).name

    def terminate(self) -> None:
        # The leader alone: gunicorn and Celery end their own workers, gently.
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def finish(self, deadline: float) -> None:
        """Wait until the deadline (monotonic), then kill what is left of the group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(children: Sequence[Child]) -> None:
    """End every child at once, the newest first, and wait for all."""
    for child in reversed(children):
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in reversed(children):
        child.finish(deadline)
