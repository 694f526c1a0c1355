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


def test_example_names_only_what_somebody_reads() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert named <= read() | compose


def test_example_asks_for_every_secret_of_production() -> None:
    text = (ROOT / ".env.example").read_text()
    secrets = ("SECRET_KEY", "FILES_KEK", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
    assert [name for name in secrets if f"\n{name}=" not in text] == []
