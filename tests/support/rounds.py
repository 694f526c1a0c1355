"""What `make torture` adds to pytest: each test again and again (`--rounds N`)."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="run each test so many times")


@pytest.fixture(autouse=True)
def torture_round() -> int:
    """Which time this is; given by `pytest_generate_tests`."""
    return 0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rounds = int(metafunc.config.getoption("rounds"))
    metafunc.parametrize("torture_round", range(rounds))
