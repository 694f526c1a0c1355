import base64
import socket
from pathlib import Path

import pytest

from usce.devstack.environment import (
    development_environment,
    development_secrets,
    is_free,
    kept_port,
)


def environment(data_dir: Path) -> dict[str, str]:
    return development_environment(
        data_dir,
        port=8123,
        database_url="postgres://rounds@//run/rounds",
        redis_url="unix:///run/valkey.sock?db=0",
        scanner=Path("/run/clamd.sock"),
    )


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    made = development_secrets(tmp_path)
    assert development_secrets(tmp_path) == made
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(made["FILES_KEK"])) == 32


def test_secret_added_by_a_newer_version_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SECRET_KEY=kept\n")
    made = development_secrets(tmp_path)
    assert made["SECRET_KEY"] == "kept"
    assert sorted(made) == ["FILES_KEK", "SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]


def test_development_finds_its_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "CLAMAV_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    found = environment(tmp_path)
    assert found["SITE_URL"] == "http://127.0.0.1:8123"
    assert found["CLAMAV_ADDRESS"] == "unix:///run/clamd.sock"


def test_what_the_person_has_set_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://localhost:25")
    monkeypatch.setenv("ENVIRONMENT", "production")
    found = environment(tmp_path)
    assert (found["EMAIL_URL"], found["ENVIRONMENT"]) == ("smtp://localhost:25", "development")


def test_port_is_kept_until_somebody_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "port"
    first = kept_port(file)
    assert kept_port(file) == first
    with socket.create_server(("127.0.0.1", first)):
        assert not is_free(first)
        assert kept_port(file) != first
