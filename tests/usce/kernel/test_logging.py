import json
import subprocess
import sys

import pytest
from django.conf import settings

START = "import logging, structlog; from usce.logging import configure; configure(); "


def logged(code: str) -> list[dict[str, object]]:
    """What a process of its own writes to standard error: the test runner has ours."""
    done = subprocess.run(
        [sys.executable, "-c", START + code],
        cwd=settings.BASE_DIR, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_own_line_and_the_libraries_read_alike() -> None:
    own, library = logged(
        "structlog.get_logger().info('one', n=1); logging.getLogger('lib').warning('two')"
    )
    assert (own.pop("event"), own.pop("n"), own.pop("level")) == ("one", 1, "info")
    assert (library.pop("event"), library.pop("level")) == ("two", "warning")
    assert (set(own), set(library)) == ({"timestamp"}, {"timestamp", "logger"})


def test_line_within_a_request_names_it() -> None:
    code = (
        "from usce.requestinfo import request_id\n"
        "with request_id('abcdefgh'): logging.getLogger('lib').warning('in')\n"
        "logging.getLogger('lib').warning('out')"
    )
    assert [line.get("request_id") for line in logged(code)] == ["abcdefgh", None]


@pytest.mark.parametrize(
    "code", ["structlog.get_logger().debug('x')", "logging.getLogger('lib').info('x')"]
)
def test_quiet_words_are_not_written(code: str) -> None:
    assert logged(code) == []


def test_error_is_written_with_its_traceback_on_one_line() -> None:
    (line,) = logged(
        "\ntry: 1 / 0\nexcept ZeroDivisionError: structlog.get_logger().exception('broke')"
    )
    assert str(line["exception"]).splitlines()[-1] == "ZeroDivisionError: division by zero"
