"""A scanner that really listens, and uploads as the handler makes them."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from usce.devstack.scanner.server import serve_unix
from usce.files.uploads import EncryptedUpload, EncryptingUploadHandler

Uploader = Callable[..., EncryptedUpload]


@pytest.fixture
def storage(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_URL = f"file://{tmp_path / 'files'}"
    settings.FILES_KEK = b"k" * 32
    return tmp_path / "files"


def engines() -> list[str]:
    """The development scanner, and the real one where CI names its address."""
    return ["development", *(["clamd"] if os.environ.get("CLAMAV_TEST_ADDRESS") else [])]


@pytest.fixture(params=engines())
def scanner(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[str]:
    if request.param == "clamd":
        settings.CLAMAV_ADDRESS = os.environ["CLAMAV_TEST_ADDRESS"]
        yield "clamd"
        return
    server = serve_unix(tmp_path / "scan.sock")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CLAMAV_ADDRESS = f"unix://{tmp_path / 'scan.sock'}"
    yield "development"
    server.shutdown()
    server.server_close()


@pytest.fixture
def upload(storage: Path) -> Uploader:
    def make(content: bytes, name: str = "cv.pdf") -> EncryptedUpload:
        handler = EncryptingUploadHandler()
        handler.new_file("cv", name, "application/pdf", len(content), None, None)
        for start in range(0, len(content), handler.chunk_size):
            handler.receive_data_chunk(content[start : start + handler.chunk_size], start)
        return handler.file_complete(len(content))

    return make
