"""One PostgreSQL cluster in DATA_DIR, reached by a Unix socket and by nobody but its owner.

Peer authentication maps the person's own account to the roles `rounds` (the product's, no
superuser, as in production) and `postgres`. There is no password and no TCP port.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from usce.devstack.services.binaries import postgres_binaries
from usce.devstack.services.errors import ServiceError, tail
from usce.devstack.services.system import (
    Account,
    current_account,
    database_account,
    root_store,
    runs_in,
    socket_folder,
)

ROLE = DATABASE = "rounds"
START_SECONDS = 120  # crash recovery of a large cluster takes longer than a start
STOP_SECONDS = 30

CREATE_ROLE_AND_DATABASE = r"""
SELECT 'CREATE ROLE rounds LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rounds') \gexec
SELECT 'CREATE DATABASE rounds OWNER rounds'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'rounds') \gexec
"""


@dataclass(frozen=True)
class Cluster:
    link: Path  # DATA_DIR/postgres: the data itself, or a link to where root keeps it
    sockets: Path
    account: Account
    durable: bool

    @property
    def data(self) -> Path:
        return self.link.resolve()

    @property
    def url(self) -> str:
        # The form that django-environ reads into HOST and NAME; libpq's own "?host=" lands in
        # OPTIONS, where dbshell and others do not look.
        return f"postgres://{ROLE}@/{quote(str(self.sockets))}/{DATABASE}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def major(self) -> int | None:
        marker = self.data / "PG_VERSION"
        return int(marker.read_text()) if marker.exists() else None

    def running_pid(self) -> int | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if runs_in(pid, "postgres", self.data) else None


def cluster_in(data_dir: Path, *, durable: bool) -> Cluster:
    account = database_account()
    return Cluster(
        link=data_dir / "postgres",
        sockets=socket_folder(data_dir, "postgres", account),
        account=account,
        durable=durable,
    )


def start_postgres(data_dir: Path, *, durable: bool) -> Cluster:
    """The running cluster of this DATA_DIR, made on the first call.

    Raises ServiceError with the server's last words when it does not come up.
    """
    _find_a_place(data_dir)
    cluster = cluster_in(data_dir, durable=durable)
    binaries, major = postgres_binaries(cluster.account, major=cluster.major())
    if cluster.major() is None:
        _initialize(cluster, binaries, major)
    if cluster.running_pid() is None:
        _configure(cluster)
        _forget_the_dead(cluster)
        _launch(cluster, binaries)
    _ask(cluster, binaries, CREATE_ROLE_AND_DATABASE)
    return cluster


def remove_postgres(cluster: Cluster) -> None:
    """Delete a stopped cluster, wherever it lies."""
    shutil.rmtree(cluster.sockets, ignore_errors=True)
    if cluster.link.is_symlink():
        shutil.rmtree(cluster.data.parent, ignore_errors=True)
        cluster.link.unlink()
    else:
        shutil.rmtree(cluster.data, ignore_errors=True)


def _find_a_place(data_dir: Path) -> None:
    """Link to a place in root's store when the demoted account cannot reach DATA_DIR."""
    link = data_dir / "postgres"
    if link.is_symlink() and not link.readlink().parent.exists():
        link.unlink()  # the store was emptied
    if link.is_symlink() or link.exists() or database_account().reaches(data_dir):
        return
    hidden = Path(tempfile.mkdtemp(prefix="cluster-", dir=root_store()))
    hidden.chmod(0o711)
    link.symlink_to(hidden / "postgres")  # appears with initdb


def stop_postgres(cluster: Cluster) -> None:
    pid = cluster.running_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # "fast": ends the sessions, then writes everything down
    deadline = time.monotonic() + STOP_SECONDS
    while cluster.running_pid() == pid:
        if time.monotonic() > deadline:
            raise ServiceError(f"PostgreSQL (process {pid}) did not stop in {STOP_SECONDS} s.")
        time.sleep(0.02)


def _initialize(cluster: Cluster, binaries: Path, major: int) -> None:
    """Make the cluster beside its place and move it in whole, so that a kill leaves no half."""
    account, half = cluster.account, cluster.data.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    os.chown(half, account.uid, account.gid)
    for locale in (["--locale=C.UTF-8"], ["--locale=C"]):  # the second where libc has no C.UTF-8
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        made = account.run(
            [
                binaries / "initdb", "-D", half, "-U", "postgres", "--auth=reject",
                "--encoding=UTF8", *locale, *provider, *([] if cluster.durable else ["--no-sync"]),
            ],
            cwd=half,
        )  # fmt: skip
        if made.returncode == 0:
            break
    else:
        raise ServiceError(f"PostgreSQL could not make its cluster:\n{made.stderr}")
    with (half / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'rounds.conf'\n")
    half.rename(cluster.data)


def _configure(cluster: Cluster) -> None:
    """Where to listen and whom to let in; nothing here that the product would miss elsewhere."""
    person = current_account().name
    fast = "" if cluster.durable else "fsync = off\nfull_page_writes = off\n"
    sockets = str(cluster.sockets).replace("'", "''")
    _write(
        cluster.data / "rounds.conf",
        f"listen_addresses = ''\nunix_socket_directories = '{sockets}'\n"
        f"unix_socket_permissions = 0700\nmax_connections = 100\n{fast}",
    )
    _write(cluster.data / "pg_hba.conf", "local all all peer map=rounds\n")
    _write(
        cluster.data / "pg_ident.conf",
        f'rounds "{person}" postgres\nrounds "{person}" {ROLE}\n',
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)  # root writes, the demoted account reads; the folder around it is private


def _forget_the_dead(cluster: Cluster) -> None:
    """Clear what a killed server, or one whose folder was deleted under it, has left behind."""
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    socket_lock = cluster.sockets / ".s.PGSQL.5432.lock"
    if not socket_lock.exists():
        return
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = socket_lock.read_text().splitlines()
        pid, folder = int(lines[0]), Path(f"{lines[1]} (deleted)")
        if Path(f"/proc/{pid}/cwd").readlink() == folder:
            os.kill(pid, signal.SIGQUIT)
            while Path(f"/proc/{pid}/cwd").exists():
                time.sleep(0.02)
    socket_lock.unlink(missing_ok=True)


def _launch(cluster: Cluster, binaries: Path) -> None:
    # Relative paths: pg_ctl hands them to a shell, which would stumble over a quote or a dollar.
    started = cluster.account.run(
        [binaries / "pg_ctl", "start", "-D", ".", "-l", cluster.log.name, "-w", "-s", "-t",
         str(START_SECONDS)],
        cwd=cluster.data,
    )  # fmt: skip
    if started.returncode != 0:
        raise ServiceError(
            f"PostgreSQL did not start. Its log ends:\n{tail(cluster.log) or started.stderr}"
        )


def _ask(cluster: Cluster, binaries: Path, statements: str) -> None:
    """Run statements as the cluster's superuser; a server that just recovers is waited for."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        answer = current_account().run(
            [binaries / "psql", "-X", "-q", "-h", cluster.sockets, "-U", "postgres", "-d",
             "postgres", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            cwd=Path("/"),
            stdin=statements,
        )  # fmt: skip
        if answer.returncode == 0:
            return
        if answer.returncode != 2 or time.monotonic() > deadline:  # 2: no connection
            raise ServiceError(f"PostgreSQL does not answer: {answer.stderr.strip()}")
        time.sleep(0.1)
