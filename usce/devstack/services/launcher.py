"""The services of one DATA_DIR: started by whoever comes first, stopped by whoever leaves last."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from usce.devstack.services.postgres import (
    Cluster,
    cluster_in,
    remove_postgres,
    start_postgres,
    stop_postgres,
)
from usce.devstack.services.valkey import Valkey, start_valkey, stop_valkey, valkey_in


@dataclass(frozen=True)
class Servers:
    """What we run ourselves in one DATA_DIR; None where a given URL is used instead."""

    cluster: Cluster | None
    valkey: Valkey | None

    def stop_if_last(self, in_use: IO[str]) -> bool:
        """Stop the servers unless another process holds the file; the lock must be held."""
        fcntl.flock(in_use, fcntl.LOCK_UN)
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if self.cluster:
            stop_postgres(self.cluster)
        if self.valkey:
            stop_valkey(self.valkey)
        return True


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str
    _servers: Servers
    _lock: Path
    _in_use: IO[str]

    def stop(self) -> None:
        """Leave, and stop what we started unless another process still uses it."""
        with _locked(self._lock), self._in_use:
            self._servers.stop_if_last(self._in_use)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_services(data_dir: Path, *, durable: bool) -> Services:
    """PostgreSQL and Valkey, running and answering; ServiceError when one cannot.

    DATABASE_URL and REDIS_URL in the environment win: what they name is used as it is and never
    stopped. Otherwise the servers come from the wheels of requirements/dev.txt or from the machine
    (POSTGRES_BIN names a folder of PostgreSQL programs outright) and listen on Unix sockets:

    - `database_url`: `postgres://rounds@//tmp/rounds-<hash>-postgres/rounds`, the form of
      django-environ (libpq would take the whole path for the name)
    - `redis_url`: `unix:///tmp/rounds-<hash>-valkey/valkey.sock?db=0`; Celery calls the same
      address `redis+socket:///tmp/rounds-<hash>-valkey/valkey.sock?virtual_host=0`

    `durable=False` gives up fsync, for tests. Any number of processes may ask at once.
    """
    data_dir = data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = data_dir / "services.lock"
    database_url = os.environ.get("DATABASE_URL", "")
    redis_url = os.environ.get("REDIS_URL", "")
    servers = Servers(
        None if database_url else cluster_in(data_dir, durable=durable),
        None if redis_url else valkey_in(data_dir, durable=durable),
    )
    with _locked(lock):
        # Held open while in use; the system lets go of it when the process dies, however it dies.
        in_use = (data_dir / "services.users").open("a")
        fcntl.flock(in_use, fcntl.LOCK_SH)
        try:
            if not database_url:
                database_url = start_postgres(data_dir, durable=durable).url
            if not redis_url:
                redis_url = start_valkey(data_dir, durable=durable).url
        except BaseException:
            with in_use:
                servers.stop_if_last(in_use)
            raise
    return Services(database_url, redis_url, servers, lock, in_use)


def remove_services(data_dir: Path) -> bool:
    """Stop the servers of this DATA_DIR and delete their data; False while somebody uses them."""
    data_dir = data_dir.absolute()
    with _locked(data_dir / "services.lock"), (data_dir / "services.users").open("a") as in_use:
        cluster, valkey = cluster_in(data_dir, durable=True), valkey_in(data_dir, durable=True)
        if not Servers(cluster, valkey).stop_if_last(in_use):
            return False
        remove_postgres(cluster)
        for folder in (valkey.data, valkey.socket.parent):
            shutil.rmtree(folder, ignore_errors=True)
    return True
