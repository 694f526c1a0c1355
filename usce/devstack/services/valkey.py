"""One Valkey per DATA_DIR on a Unix socket, every write appended to a file."""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from usce.devstack.services.binaries import valkey_server
from usce.devstack.services.errors import ServiceError, tail
from usce.devstack.services.system import current_account, socket_folder

START_SECONDS = 30
STOP_SECONDS = 10


@dataclass(frozen=True)
class Valkey:
    data: Path
    socket: Path
    durable: bool

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def answers(self) -> bool:
        # LOADING and the like are answers of a server that is not ready yet.
        return self.say("PING") == b"+PONG\r\n"

    def say(self, command: str) -> bytes:
        """One inline command; an empty answer when nobody is there."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket))
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(256)
            except OSError:
                return b""


def valkey_in(data_dir: Path, *, durable: bool) -> Valkey:
    folder = socket_folder(data_dir, "valkey", current_account())
    return Valkey(data_dir / "valkey", folder / "valkey.sock", durable)


def start_valkey(data_dir: Path, *, durable: bool) -> Valkey:
    """The answering server of this DATA_DIR; ServiceError with its last words when it is not."""
    valkey = valkey_in(data_dir, durable=durable)
    data = valkey.data
    data.mkdir(mode=0o700, exist_ok=True)
    if valkey.answers():
        if valkey.pid_file.exists():
            return valkey
        stop_valkey(valkey)  # its folder was deleted under it: it would lose what it is told
    launched = subprocess.run(
        [
            valkey_server(), "--port", "0", "--unixsocket", valkey.socket, "--unixsocketperm",
            "700", "--dir", data, "--appendonly", "yes", "--save", "", "--appendfsync",
            "everysec" if durable else "no", "--daemonize", "yes", "--pidfile", valkey.pid_file,
            "--logfile", valkey.log,
        ],
        cwd=data,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not valkey.answers():
        if launched.returncode != 0 or time.monotonic() > deadline:
            last_words = tail(valkey.log) or launched.stdout + launched.stderr
            raise ServiceError(f"Valkey did not start. Its log ends:\n{last_words}")
        time.sleep(0.02)
    return valkey


def stop_valkey(valkey: Valkey) -> None:
    valkey.say("SHUTDOWN NOSAVE")  # the appended file is synced; NOSAVE means no second copy
    deadline = time.monotonic() + STOP_SECONDS
    while valkey.say("PING"):
        if time.monotonic() > deadline:
            raise ServiceError(f"Valkey did not stop in {STOP_SECONDS} s.")
        time.sleep(0.02)
