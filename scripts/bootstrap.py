"""Make .venv and install the locked packages; a second call finds nothing to do.

Runs on the machine's bare interpreter, so plain standard library, Python 3.11 or newer.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARKER = VENV / "installed.sha256"
LOCKS = (ROOT / "requirements" / "uv.txt", ROOT / "requirements" / "dev.txt")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def say(text: str) -> None:
    print(text, flush=True)


def wanted() -> str:
    content = b"".join(path.read_bytes() for path in LOCKS)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def is_installed() -> bool:
    return MARKER.exists() and MARKER.read_text() == wanted() and runs()


def runs() -> bool:
    """Whether .venv is whole: one copied from elsewhere has an interpreter that does not start."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0


def environment() -> dict[str, str]:
    env = dict(os.environ)
    # uv brings its own certificates and would not see one that the machine's owner has added.
    if "SSL_CERT_FILE" not in env and SYSTEM_CERTIFICATES.exists():
        env["SSL_CERT_FILE"] = str(SYSTEM_CERTIFICATES)
    return env | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUAL_ENV": str(VENV)}


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=False)
    if done.returncode != 0:
        raise SystemExit(f"Installing stopped at: {' '.join(str(part) for part in command)}")


def require_venv() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the bare interpreter may be any
        raise SystemExit("Rounds needs Python 3.11 or newer; name one with make PYTHON=python3.12.")
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise SystemExit("This Python cannot make a venv with pip: apt install python3-venv")


def install() -> None:
    require_venv()
    started = time.monotonic()
    say("Installing packages into .venv (about half a minute, once) ...")
    if not runs():
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV)
    run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCKS[0])
    run(PYTHON, "-m", "uv", "pip", "install", "-q", "--require-hashes", "-r", LOCKS[1])
    MARKER.write_text(wanted())
    say(f"Packages are installed ({time.monotonic() - started:.0f} s).")


def main() -> None:
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "bootstrap.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed():
            install()


if __name__ == "__main__":
    main()
