"""clamd's protocol, as far as the product speaks it: PING, VERSION, INSTREAM."""

import socketserver
import struct
import threading
from pathlib import Path

from usce.devstack.scanner.engine import VERSION, find

MOST_STREAMED = 25 * 1024 * 1024
LENGTH = struct.Struct(">I")
AT_ONCE = threading.Semaphore(16)


class Handler(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self) -> None:
        with AT_ONCE:
            command = self._command()
            if command == "PING":
                self._say("PONG")
            elif command == "VERSION":
                self._say(VERSION)
            elif command == "INSTREAM":
                self._say(self._scan())
            else:
                self._say("UNKNOWN COMMAND")

    def _command(self) -> str:
        """Commands end with a zero byte after `z`, with a line break after `n` or nothing."""
        first = self.rfile.read(1)
        end = b"\0" if first == b"z" else b"\n"
        word = b"" if first in (b"z", b"n") else first
        while (byte := self.rfile.read(1)) not in (end, b""):
            word += byte
        self._end = end
        return word.decode("ascii", "replace").strip()

    def _scan(self) -> str:
        content = bytearray()
        while size := LENGTH.unpack(self.rfile.read(LENGTH.size))[0]:
            content += self.rfile.read(size)
            if len(content) > MOST_STREAMED:
                return "INSTREAM size limit exceeded. ERROR"
        found = find(bytes(content))
        return f"stream: {found} FOUND" if found else "stream: OK"

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + self._end)


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up mid-stream is its own affair."""


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up mid-stream is its own affair."""


def serve_unix(path: Path) -> UnixServer:
    path.unlink(missing_ok=True)
    return UnixServer(str(path), Handler)


def serve_tcp(port: int) -> TcpServer:
    """On loopback only."""
    return TcpServer(("127.0.0.1", port), Handler)
