from collections.abc import Iterator
from pathlib import Path

import pytest

from usce.devstack.services import Services, ensure_services, remove_services


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty DATA_DIR with a name that breaks careless quoting; its servers end with the test."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    folder = tmp_path / "my data ü $x"
    folder.mkdir()
    yield folder
    for used in (folder / "test", folder):
        used.mkdir(exist_ok=True)
        assert remove_services(used)


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    services = ensure_services(data_dir, durable=False)
    yield services
    services.stop()
