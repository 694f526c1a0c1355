"""What the processes of `make run` and `make test` find in their environment."""

import base64
import os
import secrets
import socket
from pathlib import Path

WEBHOOK_PATH = "/webhooks/stripe"
SANDBOX_KEY = "sk_test_sandbox"


def development_secrets(data_dir: Path) -> dict[str, str]:
    """Secrets of this DATA_DIR, made once: files stay readable and sessions valid on a restart."""
    path = data_dir / "secrets.env"
    known = (
        dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
        if path.exists()
        else {}
    )
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FILES_KEK": base64.b64encode(secrets.token_bytes(32)).decode(),
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(24)}",
    }
    complete = made | known
    if complete != known:
        half = path.with_suffix(".new")
        half.unlink(missing_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in complete.items())
        half.rename(path)
    return complete


def development_environment(
    data_dir: Path, *, port: int, database_url: str, redis_url: str, scanner: Path
) -> dict[str, str]:
    """The environment of a development process; what the person has set is left as it is."""
    defaults = development_secrets(data_dir) | {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "EMAIL_URL": "dev://",
        "FILES_URL": f"file://{data_dir / 'files'}",
        "CLAMAV_ADDRESS": f"unix://{scanner}",
    }
    fixed = {
        "ENVIRONMENT": "development",
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | os.environ | fixed


def test_environment(data_dir: Path, *, database_url: str, redis_url: str) -> dict[str, str]:
    """The same for every run of the suite; only where the services are differs."""
    fixed = {
        "ENVIRONMENT": "test",
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "dev://",
        "SECRET_KEY": "a key for tests only, long enough to pass every check of its strength",
        "FILES_KEK": base64.b64encode(bytes(range(32))).decode(),
        "FILES_URL": f"file://{data_dir / 'files'}",
        "STRIPE_SECRET_KEY": SANDBOX_KEY,
        "STRIPE_WEBHOOK_SECRET": "whsec_test",
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    return os.environ | fixed


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path) -> int:
    """The port of the last run if it is still free: pages opened then lead to the same place."""
    last = int(file.read_text()) if file.exists() else 0
    if last and is_free(last):
        return last
    port = free_port()
    file.write_text(str(port))
    return port
