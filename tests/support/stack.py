"""The whole product as processes on a database and a broker of its own, to be walked or hurt."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import environ
from django.conf import settings
from django.db import connections

from tests.support.http import get
from usce.devstack.environment import free_port, test_environment
from usce.devstack.services import Services, ensure_services

PATIENCE_SECONDS = 60
SECRET = "whsec_torture"


class Stack:
    """Two web processes, two workers, two beats, the sandbox; each can be killed by its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.sandbox_port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.scanner_socket = folder / "scanner.sock"
        self.services = self._services()
        self.env = self._environment()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def prepare(self) -> None:
        """A migrated database with the reference data; nothing runs yet but the services."""
        self.manage("migrate", "-v0")
        self.manage("load_reference")
        self.manage("load_presets")

    def start(self, web: str = "usce.wsgi") -> None:
        self.sandbox()
        self.scanner()
        self.web(web)
        for name in ("worker1", "worker2"):
            self.worker(name)
        for name in ("beat1", "beat2"):
            self.beat(name)
        self.wait_until_up()

    def manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command], check=True, env=self.env, cwd=settings.BASE_DIR
        )

    def scanner(self) -> None:
        self.spawn("scanner", "-m", "usce.devstack.scanner", "--socket", str(self.scanner_socket))

    def sandbox(self) -> None:
        self.spawn(
            "sandbox",
            "-m",
            "usce.devstack.stripe_sandbox",
            *("--port", str(self.sandbox_port), "--state", str(self.folder / "stripe.sqlite3")),
            *("--webhook-url", f"{self.url}/webhooks/stripe", "--webhook-secret", SECRET),
        )

    def web(self, application: str = "usce.wsgi", **env: str) -> None:
        options = ("--workers", "2", "--bind", f"127.0.0.1:{self.port}", "--timeout", "30")
        self.spawn("web", "-m", "gunicorn", application, *options, **env)

    def worker(self, name: str, **env: str) -> None:
        options = ("--concurrency", "1", "--hostname", f"{name}@torture", "--loglevel", "warning")
        self.spawn(name, "-m", "celery", "-A", "usce", "worker", *options, **env)

    def beat(self, name: str) -> None:
        schedule = str(self.folder / f"{name}.schedule")
        self.spawn(name, "-m", "celery", "-A", "usce", "beat", "--schedule", schedule)

    def spawn(self, name: str, *arguments: str, **env: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                env={**self.env, **env},
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill -9 the process and all it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_main(self, name: str) -> None:
        """Kill -9 the main process alone; its children find themselves orphaned."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def kill_child(self, name: str) -> None:
        """Kill -9 one child of the process; the main one lives on."""
        main = self.processes[name].pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def revive(self) -> None:
        """Start again each worker whose main process has ended, as a supervisor does."""
        for name, process in list(self.processes.items()):
            if name.startswith("worker") and process.poll() is not None:
                self.worker(name)

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.services.stop()

    def wait_until_up(self) -> None:
        self.until(lambda: get(f"{self.url}/healthz").status == 200, "web answers")

    def until(self, done: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for `done()` to hold; what raises OSError while a service is away counts as no."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if done():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.tail()}")

    def tail(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in logs)

    def _services(self) -> Services:
        with _without("DATABASE_URL", "REDIS_URL"):
            return ensure_services(self.folder / "services", durable=True)

    def _environment(self) -> dict[str, str]:
        found = test_environment(
            self.folder,
            database_url=self.services.database_url,
            redis_url=self.services.redis_url,
        )
        return found | {
            "SITE_URL": self.url,
            "STRIPE_API_BASE": self.sandbox_url,
            "CLAMAV_ADDRESS": f"unix://{self.scanner_socket}",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "JOBS_LEASE_SECONDS": "8",
            "PYTHONWARNINGS": "default",
        }


@contextmanager
def _without(*names: str) -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def using(database_url: str) -> Iterator[None]:
    """Let the test's own ORM speak to the stack's database."""
    wrapper = connections["default"]
    before = dict(wrapper.settings_dict)
    connections.close_all()
    wanted: Mapping[str, object] = environ.Env.db_url_config(database_url)
    wrapper.settings_dict.update({**before, **wanted, "CONN_MAX_AGE": 0})
    try:
        yield
    finally:
        connections.close_all()
        wrapper.settings_dict.clear()
        wrapper.settings_dict.update(before)
