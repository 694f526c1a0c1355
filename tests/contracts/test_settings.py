"""README's table, `.env.example` and what the settings read are the same list."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def read() -> set[str]:
    source = (ROOT / "usce" / "settings.py").read_text()
    return set(re.findall(r"""env\.\w+\(\s*"([A-Z_]+)\"""", source))


def test_readme_explains_every_setting_that_is_read() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(read())


def test_example_names_every_setting_that_is_read() -> None:
    lines = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", lines, re.MULTILINE)) == read()
