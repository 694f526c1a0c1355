"""Run a command beside the test services: `python -m usce.devstack.testenv -- pytest`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from usce.devstack.environment import test_environment
from usce.devstack.services import ServiceError, ensure_services


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("Say what to run: python -m usce.devstack.testenv -- COMMAND")
        return 2
    data_dir = Path(os.environ.get("DATA_DIR", ".data")).absolute() / "test"
    try:
        services = ensure_services(data_dir, durable=False)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    environment = test_environment(
        data_dir, database_url=services.database_url, redis_url=services.redis_url
    )
    try:
        with subprocess.Popen(command, env=environment) as child:
            # Ctrl-C reaches the command as well; we outlive it to stop the services.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            return child.wait()
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
