"""The two lines at the foot of a passport page (ICAO 9303, TD3): read, checked, compared.

Pure. What fits is a hint that nothing was misread; it proves neither that the passport is genuine
nor whose it is.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LENGTH = 44
WEIGHTS = (7, 3, 1)
FILLER = "<"
SPECIMEN_STATE = "UTO"  # no real country; the standard's own examples carry it
LETTERS_FOR = str.maketrans("01582", "OISBZ")
DIGITS_FOR = str.maketrans("OQDISBZ", "0001582")
NAME_FIELD = 39
ALPHABET = re.compile(r"[A-Z0-9<]+")
# Letters that no decomposition resolves, as the standard writes them; others are in TWICE.
ICAO = {
    "Æ": "AE", "Ð": "D", "Ø": "OE", "Þ": "TH", "ẞ": "SS", "Đ": "D", "Ħ": "H", "Ĳ": "IJ",
    "Ł": "L", "Ŋ": "N", "Œ": "OE", "Ŧ": "T", "Ə": "E",
}  # fmt: skip
APOSTROPHES = re.compile("['`\u2018\u2019\u02bb\u02bc]")
# Letters that passports write in one of two ways.
TWICE = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ñ": "NXX"}
# Digits of the second line, from zero: document number and personal number may hold letters.
DIGIT_FIELDS = (slice(9, 10), slice(13, 20), slice(21, 28), slice(43, 44))
LETTER_FIELDS = (slice(10, 13),)


@dataclass(frozen=True)
class Mrz:
    """What stands in the lines. `repaired`: letters and digits were exchanged to make them fit."""

    issuer: str
    surname: str
    given: str
    number: str
    nationality: str
    born_on: dt.date | None
    expires_on: dt.date | None
    wrong: tuple[str, ...]
    repaired: bool
    is_cut: bool

    @property
    def is_specimen(self) -> bool:
        return SPECIMEN_STATE in (self.issuer, self.nationality)


def check_digit(text: str) -> int:
    """Digits as they are, A to Z as 10 to 35, fillers as 0; weights 7, 3, 1; modulo 10."""
    return sum(_value(one) * WEIGHTS[at % 3] for at, one in enumerate(text)) % 10


def _value(character: str) -> int:
    return 0 if character == FILLER else int(character, 36)


def lines_in(text: str) -> tuple[str, str] | None:
    """The two lines, if they stand in the text below each other; spaces do not matter."""
    rows = ["".join(_plain(row).split()) for row in text.splitlines()]
    rows = [row for row in rows if row]
    for first, second in pairwise(rows):
        if first.startswith("P") and _is_line(first) and _is_line(second):
            return first.ljust(LENGTH, FILLER), second.ljust(LENGTH, FILLER)
    return None


def _is_line(row: str) -> bool:
    near = LENGTH - 4 <= len(row) <= LENGTH
    return near and FILLER in row and ALPHABET.fullmatch(row) is not None


def _plain(row: str) -> str:
    """Full-width characters as plain ones, guillemets as fillers, all in capitals."""
    return (
        unicodedata.normalize("NFKC", row).upper().replace("\u00ab", "<<").replace("\u2039", FILLER)
    )


def read(first: str, second: str, *, today: dt.date) -> Mrz:
    """Read the two lines; where a check digit is off, O and 0, I and 1 and such are exchanged."""
    second = second[:LENGTH].ljust(LENGTH, FILLER)
    wrong = _wrong(second)
    mended = _repair(second) if wrong else second
    repaired = bool(wrong) and len(_wrong(mended)) < len(wrong)
    if repaired:
        second, wrong = mended, _wrong(mended)
    names = first[5:LENGTH].translate(LETTERS_FOR) if repaired else first[5:LENGTH]
    surname, _gap, given = names.rstrip(FILLER).partition("<<")
    return Mrz(
        issuer=first[2:5].rstrip(FILLER),
        surname=_words(surname),
        given=_words(given),
        number=second[:9].rstrip(FILLER),
        nationality=second[10:13].rstrip(FILLER),
        born_on=_day(second[13:19], is_birth=True, today=today),
        expires_on=_day(second[21:27], is_birth=False, today=today),
        wrong=tuple(wrong),
        repaired=repaired,
        is_cut=len(names.rstrip(FILLER)) == NAME_FIELD,
    )


CHECKED = (
    ("number", slice(0, 9), 9),
    ("date of birth", slice(13, 19), 19),
    ("last valid day", slice(21, 27), 27),
    ("personal number", slice(28, 42), 42),
)


def _wrong(line: str) -> list[str]:
    """The fields whose check digit does not fit."""
    wrong = [name for name, field, at in CHECKED if not _fits(line[field], line[at])]
    whole = line[0:10] + line[13:20] + line[21:43]
    return wrong if _fits(whole, line[43]) else [*wrong, "whole line"]


def _fits(field: str, digit: str) -> bool:
    """An empty field may carry a filler in place of its digit."""
    if not field.strip(FILLER) and digit == FILLER:
        return True
    return digit.isdigit() and check_digit(field) == int(digit)


def _repair(line: str) -> str:
    """Letters where only letters can be, digits where only digits; then the number either way."""
    marks = list(line)
    for fields, table in ((DIGIT_FIELDS, DIGITS_FOR), (LETTER_FIELDS, LETTERS_FOR)):
        for field in fields:
            marks[field] = line[field].translate(table)
    marks[42] = marks[42].translate(DIGITS_FOR)
    mended = "".join(marks)
    for number in (mended[:9].translate(DIGITS_FOR), _one_exchanged(mended)):
        if not _fits(mended[:9], mended[9]) and _fits(number, mended[9]):
            return number + mended[9:]
    return mended


def _one_exchanged(line: str) -> str:
    """The number with one O or 0, I or 1 exchanged so that its digit fits; else as it is."""
    number = line[:9]
    for at, mark in enumerate(number):
        for other in {"0": "O", "O": "0", "1": "I", "I": "1"}.get(mark, ""):
            candidate = number[:at] + other + number[at + 1 :]
            if _fits(candidate, line[9]):
                return candidate
    return number


def _day(digits: str, *, is_birth: bool, today: dt.date) -> dt.date | None:
    """A birth lies in the past hundred years, an expiry in this century; None if it is no day."""
    if not digits.isdigit():
        return None
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if is_birth and year > today.year:
        year -= 100
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _words(field: str) -> str:
    return " ".join(field.replace(FILLER, " ").split())


def spellings(name: str) -> set[str]:
    """A name in capital letters A to Z, in each way that passports write it."""
    capitals = unicodedata.normalize("NFC", name).upper()
    return {_spelled(capitals, twice=False), _spelled(capitals, twice=True)}


def _spelled(name: str, *, twice: bool) -> str:
    table = ICAO | TWICE if twice else ICAO
    letters = "".join(table.get(letter, letter) for letter in name)
    plain = unicodedata.normalize("NFKD", letters)
    kept = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(re.sub(r"[^A-Z]", " ", APOSTROPHES.sub("", kept)).split())


def is_written_in_latin(name: str) -> bool:
    """Whether the name has letters that can be held against a passport's."""
    return all("LATIN" in unicodedata.name(mark, "") for mark in name if mark.isalpha())


def same_name(mrz: Mrz, *, given: str, family: str) -> bool:
    """Whether the names agree loosely: in any order, a word missing or cut where the field ends.

    Each word of the shorter of the two must stand in the longer one; a passport with one name
    alone has it as surname.
    """
    return _names_agree(f"{mrz.surname} {mrz.given}", f"{family} {given}", is_cut=mrz.is_cut)


def names_agree(one: str, other: str) -> bool:
    """As in `same_name`, for a name that stands on any other paper."""
    return any(_names_agree(spelled, other, is_cut=False) for spelled in spellings(one))


def _names_agree(spelled: str, other: str, *, is_cut: bool) -> bool:
    words = spelled.split()
    return any(_agree(words, told.split(), is_cut=is_cut) for told in spellings(other))


def _agree(passport: list[str], told: list[str], *, is_cut: bool) -> bool:
    if not passport or not told:
        return False
    joined_passport, joined_told = "".join(sorted(passport)), "".join(sorted(told))
    if joined_passport == joined_told or "".join(passport) == "".join(told):
        return True
    few, many = sorted((passport, told), key=len)
    left = list(many)
    for word in few:
        match = next((one for one in left if one == word or (is_cut and _cut(word, one))), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _cut(one: str, other: str) -> bool:
    """Whether one is the beginning of the other; the field ended there."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short)
