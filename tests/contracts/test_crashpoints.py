"""Each label at which a process may be told to die has a test in which it does."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
REACHED = re.compile(r"""\breach\(f?"([a-z._]+)""")  # of a label with a part's name, its beginning
MARK = "pytest.mark.crash"


def labels() -> set[str]:
    packages = ("usce", "payments", "applicants", "rotations")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    return {label for file in files for label in REACHED.findall(file.read_text())}


def deaths() -> str:
    """Every test file that `make torture` repeats for its deaths."""
    here = Path(__file__)
    texts = [file.read_text() for file in (ROOT / "tests").rglob("test_*.py") if file != here]
    return "".join(text for text in texts if MARK in text)


def test_every_label_is_died_at() -> None:
    died = deaths()
    assert {label for label in labels() if not is_named(label, died)} == set()
    assert len(labels()) >= 12


def is_named(label: str, text: str) -> bool:
    """Whole, or as the beginning of a label that ends with a part's name."""
    return f'"{label}' in text if label.endswith(".") else f'"{label}"' in text
