"""What the lines of a passport say beside its owner's claims: hints for those who decide."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from applicants.documents.rules.hints import Hint, Outcome
from applicants.documents.rules.mrz import Mrz, is_written_in_latin, same_name
from applicants.documents.rules.series import in_words, listed

TEXT, TYPED = "text of the file", "lines that the owner typed"
NO_PROOF = "A checksum is no proof that the passport is genuine."
LINES = "passport lines"
# Passports that write their state otherwise than ISO 3166: Germany, British ones, Kosovo.
WRITTEN_OTHERWISE = {"D": "DEU", "RKS": "XKX"} | dict.fromkeys(
    ("GBD", "GBN", "GBO", "GBP", "GBS"), "GBR"
)


@dataclass(frozen=True)
class Claims:
    """What the owner told. `nationality` in three letters; `same_number` None if none is kept."""

    given: str = ""
    family: str = ""
    born_on: dt.date | None = None
    nationality: str = ""
    expires_on: dt.date | None = None
    same_number: bool | None = None


def not_read() -> Hint:
    return Hint(
        LINES,
        Outcome.UNCLEAR,
        "The two lines at the foot were not read: this file holds no such text.",
    )


def passport_hints(mrz: Mrz, claims: Claims, *, today: dt.date, source: str) -> Iterator[Hint]:
    yield _digits(mrz, source)
    if mrz.is_specimen:
        words = "UTO is no country: these are the lines of a specimen."
        yield Hint(LINES, Outcome.DIFFERS, words, "UTO", source)
    yield _name(mrz, claims, source)
    yield _same(
        "date of birth", _day(mrz.born_on), _day(claims.born_on), source, is_told=claims.born_on
    )
    state = WRITTEN_OTHERWISE.get(mrz.nationality, mrz.nationality)
    yield _same("nationality", state, claims.nationality, source, is_told=claims.nationality)
    yield _expiry(mrz, claims, today, source)
    if claims.same_number is not None:
        words = "The number is the one in the profile." if claims.same_number else (
            "The number is another than the one in the profile."
        )  # fmt: skip
        yield Hint(
            "passport number",
            Outcome.FITS if claims.same_number else Outcome.DIFFERS,
            words,
            "",
            source,
        )


def _digits(mrz: Mrz, source: str) -> Hint:
    if mrz.wrong:
        words = (
            f"Check digits do not fit ({listed(mrz.wrong)}): misread, or not a passport's lines."
        )
        return Hint(LINES, Outcome.DIFFERS, words, "", source)
    if mrz.repaired:
        words = "The check digits fit once O and 0 or I and 1 are exchanged. Compare them by eye."
        return Hint(LINES, Outcome.UNCLEAR, f"{words} {NO_PROOF}", "", source)
    return Hint(LINES, Outcome.FITS, f"All check digits fit. {NO_PROOF}", "", source)


def _name(mrz: Mrz, claims: Claims, source: str) -> Hint:
    seen = " ".join(part for part in (mrz.surname, mrz.given) if part)
    told = f"{claims.given} {claims.family}".strip()
    if not told:
        return Hint("name", Outcome.UNCLEAR, "The profile tells no name yet.", seen, source)
    if not is_written_in_latin(told):
        return Hint(
            "name", Outcome.UNCLEAR, "The profile's name is in another script.", seen, source
        )
    if same_name(mrz, given=claims.given, family=claims.family):
        return Hint("name", Outcome.FITS, "The name agrees with the profile's.", seen, source)
    return Hint("name", Outcome.DIFFERS, "The name is another than the profile's.", seen, source)


def _same(name: str, seen: str, told: str, source: str, *, is_told: object) -> Hint:
    if not seen:
        return Hint(name, Outcome.UNCLEAR, f"The lines tell no {name} that can be.", "", source)
    if not is_told:
        return Hint(name, Outcome.UNCLEAR, f"The profile tells no {name} yet.", seen, source)
    if seen == told:
        return Hint(name, Outcome.FITS, f"The {name} agrees with the profile's.", seen, source)
    return Hint(
        name, Outcome.DIFFERS, f"The {name} is another than the profile's: {told}.", seen, source
    )


def _expiry(mrz: Mrz, claims: Claims, today: dt.date, source: str) -> Hint:
    name, seen = "last valid day", _day(mrz.expires_on)
    if mrz.expires_on is None:
        return Hint(name, Outcome.UNCLEAR, "The lines tell no last day that can be.", "", source)
    if mrz.expires_on < today:
        return Hint(name, Outcome.DIFFERS, "By the lines the passport has expired.", seen, source)
    if claims.expires_on is None:
        return Hint(name, Outcome.UNCLEAR, "The owner told no last day yet.", seen, source)
    if mrz.expires_on == claims.expires_on:
        return Hint(
            name, Outcome.FITS, "The last valid day is the one that was told.", seen, source
        )
    told = _day(claims.expires_on)
    return Hint(
        name, Outcome.DIFFERS, f"The last valid day is another than was told: {told}.", seen, source
    )


def _day(day: dt.date | None) -> str:
    return in_words(day) if day else ""
