import pytest


@pytest.fixture(autouse=True)
def _scanned(scanner: None) -> None:
    """Every paper here goes through a scanner that listens."""
