"""What the launcher asks of the operating system: accounts, folders, processes."""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from usce.devstack.services.errors import ServiceError

# Kept by root only: PostgreSQL refuses to run as root, and what the demoted account must reach
# cannot lie below a private home.
ROOT_STORE = Path("/var/lib/rounds")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        return self.uid == os.geteuid()

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run as this account in a clean environment.

        A locale unknown to the machine or a stray PG* variable would stop PostgreSQL.
        """
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            user=None if self.is_current else self.uid,
            group=None if self.is_current else self.gid,
            extra_groups=None if self.is_current else [],
        )

    def reaches(self, path: Path) -> bool:
        return self.run(["test", "-x", path], cwd=Path("/")).returncode == 0


def current_account() -> Account:
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def database_account() -> Account:
    if os.geteuid() != 0:
        return current_account()
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def socket_folder(data_dir: Path, purpose: str, owner: Account) -> Path:
    """A private folder with a short path (a socket's path may hold about 107 bytes).

    The name can be foretold, so a folder that somebody else laid there first is refused.
    """
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:10]
    folder = Path(tempfile.gettempdir()) / f"rounds-{digest}-{purpose}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    is_ours = found.st_uid in {os.geteuid(), owner.uid}
    if not stat.S_ISDIR(found.st_mode) or not is_ours or found.st_mode & 0o077:
        raise ServiceError(f"{folder} belongs to somebody else; remove it and start again.")
    if found.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
    return folder


def root_store() -> Path:
    ROOT_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = ROOT_STORE.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise ServiceError(f"{ROOT_STORE} must be a folder that only root can write to.")
    return ROOT_STORE


def runs_in(pid: int, program: str, folder: Path) -> bool:
    """Whether the process is that program working in that folder.

    A living process id proves nothing: after a reboot or kill -9 the number belongs to another.
    """
    process = Path("/proc") / str(pid)
    if not process.parent.joinpath("self").exists():  # macOS has no /proc
        shown = subprocess.run(
            ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return Path(shown.stdout.strip()).name == program
    try:
        comm = (process / "comm").read_text().strip()
        return comm == program and (process / "cwd").readlink() == folder.resolve()
    except OSError:
        return False
