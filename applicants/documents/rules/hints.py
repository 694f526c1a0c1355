"""What can be read in a paper's text beside what its owner claims: hints, never decisions."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

LONGEST_SEEN = 80
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])


class Outcome(TextChoices):
    """How a paper stands to what its owner claims."""

    FITS = "fits"
    DIFFERS = "differs"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Hint:
    """One finding on a paper.

    `name` says what was looked at, `sentence` is fit for staff and owner, `seen` is what stands
    on the paper, `source` who or what looked.
    """

    name: str
    outcome: Outcome
    sentence: str
    seen: str = ""
    source: str = "text of the file"


def text_hint(text: str) -> Hint:
    if text.strip():
        words = len(text.split())
        return Hint(
            "text", Outcome.FITS, f"The file holds {words:,} word{'' if words == 1 else 's'}."
        )
    return Hint("text", Outcome.UNCLEAR, "The file holds no text: it is a picture. Read it by eye.")


def date_hints(text: str, claimed: dict[str, date | None]) -> Iterator[Hint]:
    """For each claimed day (by its label) whether it stands in the text in a usual form."""
    if not text.strip():
        return
    for label, day in claimed.items():
        if day is None:
            continue
        told = f"{day.day} {day:%B %Y}"
        if found := written_in(text, day):
            yield Hint("dates", Outcome.FITS, f"{label}: {told} stands on the paper.", found)
        else:
            yield Hint("dates", Outcome.UNCLEAR, f"{label}: {told} was not found in the text.")


def written_in(text: str, day: date) -> str:
    """The words around the day where the text names it, American or otherwise; else nothing."""
    month = MONTHS[day.month - 1]
    name = rf"{month[:3]}(?:{month[3:]})?\.?"
    forms = (
        rf"{day.year}[-./]0?{day.month}[-./]0?{day.day}",
        rf"0?{day.month}[-./]0?{day.day}[-./](?:{day.year}|{day:%y})",
        rf"0?{day.day}[-./]0?{day.month}[-./](?:{day.year}|{day:%y})",
        rf"0?{day.day}(?:st|nd|rd|th)?[\s.-]*{name},?[\s-]*{day.year}",
        rf"{name}[\s-]*0?{day.day}(?:st|nd|rd|th)?,?[\s-]*{day.year}",
    )
    found = re.search(rf"(?<!\d)(?:{'|'.join(forms)})(?!\d)", text, re.IGNORECASE)
    if found is None:
        return ""
    line_start = text.rfind("\n", 0, found.start()) + 1
    line = text[max(line_start, found.end() - LONGEST_SEEN) : found.end()]
    return " ".join(line.split())
