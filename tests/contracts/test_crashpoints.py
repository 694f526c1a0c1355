"""Each label at which a process may be told to die has a test in which it does."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
REACHED = re.compile(r"""\breach\("([a-z._]+)"\)""")


def labels() -> set[str]:
    packages = ("usce", "payments", "applicants", "rotations")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    return {label for file in files for label in REACHED.findall(file.read_text())}


def test_every_label_is_died_at() -> None:
    died = "".join(file.read_text() for file in (ROOT / "tests").rglob("test_crashes.py"))
    assert {label for label in labels() if f'"{label}"' not in died} == set()
    assert len(labels()) >= 12
