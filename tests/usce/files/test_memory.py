"""What checking costs in memory, over the heaviest files that are taken or refused."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.usce.files import corpus
from usce.files import cage

MOST_MB = 600 - 150  # what a worker itself needs
WATCH = """
import runpy, sys
script, told = sys.argv[1:]
sys.argv = [script, told]
try:
    runpy.run_path(script, run_name="__main__")
finally:
    sys.stderr.write(open("/proc/self/status").read())
"""
HEAVY: dict[str, tuple[Callable[[], bytes], str]] = {
    "a photo of 39 megapixels": (lambda: corpus.picture(size=(7300, 5400), turned=6), "image/jpeg"),
    "a drawing of 39 megapixels": (lambda: corpus.picture("PNG", size=(7300, 5400)), "image/png"),
    "forty pages": (lambda: corpus.with_pages(40), "application/pdf"),
    "20,000 pages": (lambda: corpus.with_pages(20_000), "application/pdf"),
    "a stream of 100 MB": (corpus.stream_bomb, "application/pdf"),
    "a bomb packed otherwise": (corpus.run_length_bomb, "application/pdf"),
    "a pixel bomb": (corpus.pixel_bomb, "image/png"),
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_check_stays_small(name: str) -> None:
    make, media_type = HEAVY[name]
    done = subprocess.run(
        [sys.executable, "-I", "-c", WATCH, str(cage.READER), media_type],
        input=make(),
        capture_output=True,
        check=True,
    )
    peak = re.search(rb"VmPeak:\s+(\d+) kB", done.stderr)
    assert peak
    assert int(peak.group(1)) / 1024 < MOST_MB
    assert done.stdout
