"""A process of its own that is killed when it reaches a label."""

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The test's database as another process must call it; a socket's folder stands as the host."""
    place = connection.settings_dict
    user = f"{place['USER']}:{place['PASSWORD']}" if place["PASSWORD"] else place["USER"]
    host, name = place["HOST"], place["NAME"]
    if host.startswith("/"):
        return f"postgres://{user}@/{host}/{name}"
    return f"postgres://{user}@{host}:{place['PORT']}/{name}"


def die(script: str, label: str, **environment: str) -> None:
    """Run the script with Django set up; it must end by kill -9 at the label."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{script}"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "usce.settings",
            "CRASH_AT": label,
            **environment,
        },
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
