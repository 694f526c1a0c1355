"""`python -m usce.devstack.stripe_sandbox --port 0 --state FILE --webhook-url URL ...`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from usce.devstack.stripe_sandbox.server import LiveKeyError, SandboxServer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--api-key", default=os.environ.get("STRIPE_SECRET_KEY", ""))
    asked = parser.parse_args()
    try:
        server = SandboxServer(
            asked.state,
            port=asked.port,
            webhook_url=asked.webhook_url,
            webhook_secret=asked.webhook_secret,
            api_key=asked.api_key,
        )
    except LiveKeyError as error:
        print(error, file=sys.stderr)
        return 2
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: done.set())
    server.start()
    print(f"listening on {server.base_url}", flush=True)
    done.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
