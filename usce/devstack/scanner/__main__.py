"""`python -m usce.devstack.scanner --socket PATH` or `--port N` (loopback)."""

import argparse
import signal
import threading
from pathlib import Path

from usce.devstack.scanner.server import serve_tcp, serve_unix


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--socket", type=Path)
    place.add_argument("--port", type=int)
    asked = parser.parse_args()
    server = serve_unix(asked.socket) if asked.socket else serve_tcp(asked.port)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: done.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("listening", flush=True)
    done.wait()
    server.shutdown()


if __name__ == "__main__":
    main()
