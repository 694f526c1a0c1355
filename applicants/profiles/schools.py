"""Which addresses cannot speak for a school."""

import csv
from pathlib import Path


def _read() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "free_mail_domains.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return frozenset(row["domain"] for row in csv.DictReader(file))


FREE_MAIL = _read()


def free_domain(email: str) -> str:
    """The domain at which anybody may open a mailbox; nothing for every other address."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    return next((d for d in FREE_MAIL if domain == d or domain.endswith(f".{d}")), "")
