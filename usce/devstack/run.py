"""The supervisor behind `make run`: everything up, in order; everything down, in order."""

import fcntl
import importlib.util
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from usce.devstack.children import Child, dies_with_us, stop_all
from usce.devstack.environment import (
    SANDBOX_KEY,
    WEBHOOK_PATH,
    development_environment,
    is_free,
    kept_port,
)
from usce.devstack.services import ServiceError, ensure_services
from usce.devstack.services.errors import tail
from usce.devstack.services.system import current_account, socket_folder

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120
PREPARE = (
    ("migrate", "--noinput"),
    ("load_reference",),
    ("load_presets",),
    ("load_packs",),
    ("seed_demo", "--once"),
)


class RunError(Exception):
    """The product cannot run; the message is the sentence that the terminal shows."""


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Ctrl-C, SIGTERM or a closed terminal."""


def say(text: str) -> None:
    print(text, flush=True)


class Supervisor:
    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self.logs = data_dir / "logs"
        self.children: list[Child] = []
        self.env: dict[str, str] = {}
        self.is_stopping = False

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        if not is_free(self.port):
            raise RunError(
                f"Port {self.port} is taken by another program; choose another: "
                f"make run PORT={self.port + 1}"
            )
        self.logs.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(self._alone())
            with self._step("PostgreSQL and Valkey"):
                services = ensure_services(self.data_dir, durable=True)
            stack.callback(services.stop)
            stack.callback(lambda: stop_all(self.children))
            stack.callback(lambda: say("\nStopping ..."))
            scanner = socket_folder(self.data_dir, "scanner", current_account()) / "clamd.sock"
            self.env = development_environment(
                self.data_dir,
                port=self.port,
                database_url=services.database_url,
                redis_url=services.redis_url,
                scanner=scanner,
            )
            self._start_stand_ins(scanner)
            for command in PREPARE:
                self._manage(*command)
            self._start_product()
            self._welcome()
            self._watch()

    def _ask_to_stop(self, *_: object) -> None:
        self.is_stopping = True

    def _check(self) -> None:
        if self.is_stopping:
            raise Stopped

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.data_dir / "run.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunError(
                    f"Rounds already runs with the data in {self.data_dir}; "
                    "stop it first, or set another DATA_DIR."
                ) from None
            yield

    @contextmanager
    def _step(self, label: str) -> Iterator[None]:
        self._check()
        started = time.monotonic()
        print(f"  {label} ... ", end="", flush=True)
        try:
            yield
        except Exception:
            say("")
            raise
        say(f"{time.monotonic() - started:.1f} s")

    def _until(self, ready: Callable[[], bool], child: Child, seconds: float) -> None:
        """Wait for a sign of life; RunError with a log's end when a child dies or this is slow."""
        deadline = time.monotonic() + seconds
        while not ready():
            self._check()
            fallen = [other for other in self.children if not other.is_alive]
            if fallen or time.monotonic() > deadline:
                late = fallen[0] if fallen else child
                raise RunError(f"{late.name} did not start. Its log ends:\n{tail(late.log)}")
            time.sleep(0.1)

    def _start(self, name: str, *command: str | Path) -> Child:
        child = Child(name, [sys.executable, "-m", *command], env=self.env, logs=self.logs)
        self.children.append(child)
        return child

    def _start_stand_ins(self, scanner: Path) -> None:
        if self.env["CLAMAV_ADDRESS"] == f"unix://{scanner}":
            self._start_scanner(scanner)
        if not self.env.get("STRIPE_SECRET_KEY"):
            self._start_sandbox()

    def _start_scanner(self, scanner: Path) -> None:
        if importlib.util.find_spec("usce.devstack.scanner") is None:
            say("  Scanner: not part of this version; uploaded files stay in quarantine.")
            return
        with self._step("Development scanner"):
            scanner.unlink(missing_ok=True)
            child = self._start("scanner", "usce.devstack.scanner", "--socket", scanner)
            self._until(scanner.exists, child, seconds=20)

    def _start_sandbox(self) -> None:
        port = kept_port(self.data_dir / "stripe.port")
        self.env |= {
            "STRIPE_SECRET_KEY": SANDBOX_KEY,
            "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        }
        with self._step("Sandbox payments"):
            child = self._start(
                "stripe_sandbox",
                "usce.devstack.stripe_sandbox",
                *("--port", str(port), "--state", self.data_dir / "stripe.sqlite3"),
                *("--webhook-url", f"http://127.0.0.1:{self.port}{WEBHOOK_PATH}"),
                *("--webhook-secret", self.env["STRIPE_WEBHOOK_SECRET"]),
            )
            self._until(lambda: "listening" in tail(child.log), child, seconds=20)

    def _manage(self, *arguments: str) -> None:
        with self._step(f"manage.py {' '.join(arguments)}"):
            log = self.logs / f"{arguments[0]}.log"
            with log.open("wb") as output:
                process = subprocess.Popen(
                    [*dies_with_us(), sys.executable, ROOT / "manage.py", *arguments],
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            while process.poll() is None:
                if self.is_stopping:
                    process.terminate()
                    process.wait()
                time.sleep(0.05)
            self._check()
            if process.returncode != 0:
                raise RunError(f"manage.py {arguments[0]} failed. Its output ends:\n{tail(log)}")

    def _start_product(self) -> None:
        schedule = self.data_dir / "beat"
        schedule.mkdir(exist_ok=True)
        celery = ("celery", "-A", "usce")
        with self._step("Worker, clock and web"):
            self._start("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO")
            self._start("beat", *celery, "beat", "--schedule", schedule / "schedule", "--pidfile=")
            web = self._start(
                "web",
                *("gunicorn", "usce.wsgi", "--workers", "2", "--no-control-socket"),
                *("--bind", f"127.0.0.1:{self.port}", "--access-logfile", "-"),
                *("--graceful-timeout", "10"),
            )
            self._until(self._is_ready, web, seconds=READY_SECONDS)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _welcome(self) -> None:
        accounts = subprocess.run(
            [sys.executable, ROOT / "manage.py", "demo_accounts"],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        say(
            f"\nRounds is running at {self.address}\n"
            f"  Mailbox: {self.address}/dev/mailbox\n"
            f"  Logs: {self.logs}\n\n"
            f"{accounts.stdout.rstrip()}\n\n"
            "Ctrl-C stops everything; the data stays."
        )

    def _watch(self) -> None:
        while not self.is_stopping:
            for child in self.children:
                if sentence := child.revive():
                    say(sentence)
            time.sleep(0.2)


def chosen_port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise RunError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def main() -> int:
    try:
        data_dir = Path(os.environ.get("DATA_DIR", ".data")).absolute()
        Supervisor(data_dir, chosen_port()).run()
    except Stopped:
        return 0
    except (RunError, ServiceError) as error:
        say(str(error))
        return 1
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
