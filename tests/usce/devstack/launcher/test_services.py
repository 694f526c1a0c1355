import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import environ
import psycopg2
import pytest
import redis

from tests.usce.devstack.launcher.processes import is_alive, kill
from usce.devstack.services import ServiceError, Services, ensure_services
from usce.devstack.services.postgres import cluster_in
from usce.devstack.services.system import current_account, socket_folder
from usce.devstack.services.valkey import valkey_in

pytestmark = pytest.mark.processes


@contextmanager
def database(url: str) -> Iterator["psycopg2.extensions.cursor"]:
    place = environ.Env.db_url_config(url)
    link = psycopg2.connect(host=place["HOST"], user=place["USER"], dbname=place["NAME"])
    with closing(link), link, link.cursor() as cursor:
        yield cursor


def count_kept(services: Services) -> int:
    with database(services.database_url) as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def postmaster(data_dir: Path) -> int:
    pid = cluster_in(data_dir, durable=False).running_pid()
    assert pid is not None
    return pid


def keep(services: Services) -> None:
    with database(services.database_url) as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    with closing(redis.Redis.from_url(services.redis_url)) as client:
        client.set("kept", "yes")


def test_services_answer_at_their_urls(services: Services) -> None:
    with database(services.database_url) as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("rounds", False)
    with closing(redis.Redis.from_url(services.redis_url)) as client:
        assert client.ping()


def test_database_offers_what_the_product_needs(services: Services) -> None:
    with database(services.database_url) as cursor:
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            cursor.execute(f"CREATE EXTENSION {extension}")
        cursor.execute("SELECT lower('ÄÇ'), unaccent('čaj'), show_trgm('č') <> '{}'")
        assert cursor.fetchone() == ("äç", "caj", True)


def test_stranger_is_kept_out_of_the_sockets(services: Services, data_dir: Path) -> None:
    for file in (
        cluster_in(data_dir, durable=False).sockets,
        valkey_in(data_dir, durable=False).socket.parent,
    ):
        assert file.stat().st_mode & 0o077 == 0


def test_second_start_finds_the_running_servers(services: Services, data_dir: Path) -> None:
    first = postmaster(data_dir)
    second = ensure_services(data_dir, durable=False)
    second.stop()
    assert postmaster(data_dir) == first


def test_three_starters_at_once_get_one_server(data_dir: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        started = list(pool.map(lambda _: ensure_services(data_dir, durable=False), range(3)))
    pids = set()
    for services in started:
        with database(services.database_url) as cursor:
            cursor.execute("SELECT pg_postmaster_start_time()")
            pids.add(cursor.fetchone())
    assert len(pids) == 1
    last_pid = postmaster(data_dir)
    for services in started:
        assert is_alive(last_pid)
        services.stop()
    assert not is_alive(last_pid)


STARTER = """
import pathlib, sys
import environ, psycopg2
from usce.devstack.services import ensure_services
services = ensure_services(pathlib.Path(sys.argv[1]), durable=False)
place = environ.Env.db_url_config(services.database_url)
link = psycopg2.connect(host=place["HOST"], user=place["USER"], dbname=place["NAME"])
with link.cursor() as cursor:
    cursor.execute("SELECT pg_postmaster_start_time()")
    print(cursor.fetchone()[0], flush=True)
link.close()
sys.stdin.read()
services.stop()
"""


def test_three_processes_at_once_get_one_server(data_dir: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = {process.stdout.readline() for process in started if process.stdout}
    assert len(said) == 1
    assert said != {""}
    last_pid = postmaster(data_dir)
    for process in started:
        assert is_alive(last_pid)
        process.communicate("")
        assert process.returncode == 0
    assert not is_alive(last_pid)


def test_killed_servers_come_back_with_their_data(services: Services, data_dir: Path) -> None:
    keep(services)
    kill(postmaster(data_dir))
    kill(int(valkey_in(data_dir, durable=False).pid_file.read_text()))
    again = ensure_services(data_dir, durable=False)
    with closing(redis.Redis.from_url(again.redis_url)) as client:
        assert (count_kept(again), client.get("kept")) == (1000, b"yes")
    again.stop()


def test_stale_pid_of_another_living_process_is_ignored(data_dir: Path) -> None:
    services = ensure_services(data_dir, durable=False)
    keep(services)
    services.stop()
    cluster = cluster_in(data_dir, durable=False)
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    again = ensure_services(data_dir, durable=False)
    assert count_kept(again) == 1000
    again.stop()


def test_stale_pid_of_valkey_is_ignored(data_dir: Path) -> None:
    ensure_services(data_dir, durable=False).stop()
    pid_file = valkey_in(data_dir, durable=False).pid_file
    pid_file.write_text(f"{os.getpid()}\n")
    again = ensure_services(data_dir, durable=False)
    with closing(redis.Redis.from_url(again.redis_url)) as client:
        assert client.ping()
        assert client.info("server")["process_id"] != os.getpid()
    again.stop()


def test_given_urls_are_used_and_never_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@database/rounds")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")
    services = ensure_services(tmp_path, durable=True)
    services.stop()
    assert services.database_url == "postgres://somebody@database/rounds"
    assert services.redis_url == "redis://cache/0"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["services.lock", "services.users"]


def test_absent_programs_are_said_in_one_sentence(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_BIN", "/nowhere")
    with pytest.raises(ServiceError, match="PostgreSQL 15 or newer was not found"):
        ensure_services(data_dir, durable=False)


def test_socket_folder_of_a_stranger_is_refused(data_dir: Path) -> None:
    folder = socket_folder(data_dir, "scanner", current_account())
    folder.chmod(0o755)
    with pytest.raises(ServiceError, match="belongs to somebody else"):
        socket_folder(data_dir, "scanner", current_account())
    folder.rmdir()


def test_testenv_passes_the_exit_code_and_the_urls(data_dir: Path) -> None:
    script = "import os, sys; sys.exit(os.environ['DATABASE_URL'].startswith('postgres://') * 7)"
    command = [sys.executable, "-m", "usce.devstack.testenv", "--", sys.executable, "-c", script]
    env = os.environ | {"DATA_DIR": str(data_dir)}
    assert subprocess.run(command, env=env, check=False).returncode == 7
