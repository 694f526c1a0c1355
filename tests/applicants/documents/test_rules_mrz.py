"""The lines of a passport: check digits, misreadings, centuries, and names as people write them."""

import datetime as dt

import pytest

from applicants.documents.rules.mrz import (
    FILLER,
    LENGTH,
    Mrz,
    check_digit,
    is_written_in_latin,
    lines_in,
    read,
    same_name,
    spellings,
)

TODAY = dt.date(2026, 7, 1)
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def made(
    names: str = "RAHMAN<<AMINA", number: str = "AB1234567", state: str = "BGD",
    born: str = "990102", ends: str = "310203", personal: str = "",
) -> tuple[str, str]:  # fmt: skip
    """Lines that fit, as a passport office prints them."""
    first = f"P<{state}{names}"[:LENGTH].ljust(LENGTH, FILLER)
    number, personal = number.ljust(9, FILLER), personal.ljust(14, FILLER)
    body = f"{number}{check_digit(number)}{state}{born}{check_digit(born)}F{ends}"
    body += f"{check_digit(ends)}{personal}{check_digit(personal)}"
    whole = body[0:10] + body[13:20] + body[21:43]
    return first, f"{body}{check_digit(whole)}"


def passport(names: str) -> Mrz:
    return read(*made(names), today=TODAY)


def test_specimen_of_the_standard_is_read() -> None:
    found = read(FIRST, SECOND, today=TODAY)
    assert (found.surname, found.given, found.number) == ("ERIKSSON", "ANNA MARIA", "L898902C3")
    assert (found.born_on, found.expires_on) == (dt.date(1974, 8, 12), dt.date(2012, 4, 15))
    assert (found.wrong, found.repaired, found.is_specimen) == ((), False, True)


@pytest.mark.parametrize(
    ("field", "digit"),
    [
        ("L898902C3", 6), ("740812", 2), ("120415", 9), ("ZE184226B<<<<<", 1),
        ("L898902C3674081221204159ZE184226B<<<<<1", 0),
    ],
)  # fmt: skip
def test_check_digits_of_the_specimen(field: str, digit: int) -> None:
    assert check_digit(field) == digit


def test_empty_personal_number_may_have_a_filler_for_its_digit() -> None:
    first, second = made()
    assert second[42] == "0"
    assert read(first, second[:42] + FILLER + second[43], today=TODAY).wrong == ()


def test_one_wrong_digit_is_named() -> None:
    first, second = made()
    other = second[:13] + "980102" + second[19:]
    assert read(first, other, today=TODAY).wrong == ("date of birth", "whole line")


@pytest.mark.parametrize(
    ("at", "was", "seen"),
    [(14, "9", ""), (13, "9", ""), (0, "O", "0"), (3, "0", "O"), (4, "1", "I"), (8, "I", "1")],
)
def test_exchanged_letters_and_digits_are_mended_as_a_hint(at: int, was: str, seen: str) -> None:
    first, second = made(number="OB01XYZQI", born="000115")
    if not seen:
        at, was, seen = (13, "0", "O") if at == 13 else (17, "1", "I")
    row = second
    place = row.index(was, at) if row[at] != was else at
    found = read(first, row[:place] + seen + row[place + 1 :], today=TODAY)
    assert (found.wrong, found.repaired, found.number) == ((), True, "OB01XYZQI")
    assert found.born_on == dt.date(2000, 1, 15)


def test_letters_of_the_nationality_are_mended_with_the_rest() -> None:
    first, second = made(state="POL")
    found = read(first, second[:10] + "P0L" + second[13:], today=TODAY)
    assert found.nationality == "P0L"  # no digit covers it: nothing shows that it is wrong
    broken = second[:10] + "P0L" + second[13:27] + "O" + second[28:]
    if second[27] == "0":
        assert read(first, broken, today=TODAY).nationality == "POL"


@pytest.mark.parametrize(
    ("digits", "born", "ends"),
    [
        ("260630", dt.date(2026, 6, 30), dt.date(2026, 6, 30)),
        ("270101", dt.date(1927, 1, 1), dt.date(2027, 1, 1)),
        ("000229", dt.date(2000, 2, 29), dt.date(2000, 2, 29)),
        ("010229", None, None),
        ("99<<<<", None, None),
    ],
)
def test_centuries_and_days_that_are_none(
    digits: str, born: dt.date | None, ends: dt.date | None
) -> None:
    found = read(*made(born=digits, ends=digits), today=TODAY)
    assert (found.born_on, found.expires_on) == (born, ends)


def test_lines_are_found_in_a_text_with_spaces_and_wide_letters() -> None:
    first, second = made()
    wide = second.replace("A", "\uff21")
    text = f"REPUBLIC\n\nPassport No. 1\n  {first[:10]} {first[10:]} \n{wide.lower()}\nend"
    assert lines_in(text) == (first, second)
    assert lines_in(first.rstrip(FILLER) + "\n" + second) is None
    assert lines_in("Personal letter\nof two lines") is None
    assert lines_in("") is None


@pytest.mark.parametrize(
    ("names", "given", "family"),
    [
        ("RAHMAN<<AMINA", "Amina", "Rahmān"),
        ("RAHMAN<<AMINA", "RAHMAN", "amina"),
        ("RAHMAN<<AMINA<BINT<SALIM", "Amina", "Rahman"),
        ("RAHMAN<<AMINA", "Amina Bint", "Rahman"),
        ("SUKARNO", "", "Sukarno"),
        ("SUKARNO", "Sukarno", ""),
        ("MUELLER<<JOERG", "Jörg", "Müller"),
        ("MULLER<<JORG", "Jörg", "Müller"),
        ("NUNXXEZ<<INES", "Inés", "Nuñez"),
        ("NUNEZ<<INES", "Inés", "Nuñez"),
        ("OBRIEN<<SEAN", "Seán", "O\u2019Brien"),
        ("LUKASZEWSKI<<LUKASZ", "Łukasz", "Łukaszewski"),
        ("STRASSE<<OEYVIND", "Øyvind", "Straße"),
        ("NGUYEN<<VAN<ANH", "Văn Anh", "Nguyễn"),
        ("ABDULRAHMAN<<OMAR", "Omar", "Abdul Rahman"),
        ("AL<SAYED<<OMAR", "Omar", "Al-Sayed"),
        ("VENKATANARASIMHARAJUVARIPETA<<SRI<LAKSHMI", "Sri Lakshminarayana",
         "Venkatanarasimharajuvaripeta"),
    ],
)  # fmt: skip
def test_names_agree_loosely(names: str, given: str, family: str) -> None:
    assert same_name(passport(names), given=given, family=family)


@pytest.mark.parametrize(
    ("names", "given", "family"),
    [
        ("RAHMAN<<AMINA", "Salma", "Rahman"),
        ("RAHMAN<<AMINA", "Amin", "Rahman"),
        ("RAHMAN<<AMINA", "", ""),
        ("", "Amina", "Rahman"),
    ],
)
def test_other_names_do_not(names: str, given: str, family: str) -> None:
    assert not same_name(passport(names), given=given, family=family)


def test_other_scripts_are_not_compared() -> None:
    assert is_written_in_latin("Łukasz O'Neil-Şahin")
    assert not is_written_in_latin("\u0410\u043c\u0438\u043d\u0430")
    assert spellings("Zoë") == {"ZOE"}
