"""What an immunization record says by the field's usual form, and what is to be done next.

Pure. A host may ask for more. Nothing here is advice on health: dates and results are held against
the form's words, and where a result needs judgement it says so and stops.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from applicants.documents.rules.dates import OLDEST
from applicants.documents.rules.hepatitis import hepatitis_b
from applicants.documents.rules.record import Line, Standing, Told
from applicants.documents.rules.tuberculosis import exam, tb
from applicants.documents.rules.vaccines import covid, influenza, mmr, tdap, varicella

SECTIONS: tuple[Callable[[Told], Standing], ...] = (
    *(mmr, varicella, tdap, hepatitis_b),
    *(influenza, tb, exam, covid),
)


def standings(lines: Iterable[Line], *, born_on: dt.date | None, today: dt.date) -> list[Standing]:
    """Each section of the record, in the form's order."""
    told = Told(list(lines), born_on, today)
    return [section(told) for section in SECTIONS]


def impossible(
    on: dt.date, read_on: dt.date | None, *, born_on: dt.date | None, today: dt.date
) -> str:
    """A sentence on days that cannot be, or nothing."""
    if max(on, read_on or on) > today:
        return "This day is still to come. Tell it once it is over."
    if born_on is not None and on < born_on:
        return "This day lies before your date of birth. Look at the paper once more."
    if on.year < today.year - OLDEST:
        return f"The year {on.year} cannot be. Look at the paper once more."
    if read_on is not None and read_on < on:
        return "It was read before it was placed. Look whether the days are swapped."
    return ""
