"""Run a command beside the test services: `python -m usce.devstack.testenv -- pytest`."""

import os
import subprocess
import sys
from pathlib import Path

from usce.devstack.services import ServiceError, ensure_services

FIXED = {
    "ENVIRONMENT": "test",
    "SITE_URL": "http://127.0.0.1:8000",
    "EMAIL_URL": "dev://",
}


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
    try:
        environment = (
            os.environ
            | FIXED
            | {
                "DATA_DIR": str(data_dir),
                "DATABASE_URL": services.database_url,
                "REDIS_URL": services.redis_url,
            }
        )
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
