"""Passports' lines and policies' sums beside what their owner told."""

import datetime as dt

import pytest

from applicants.documents.rules.cover import Policy, cover_hints, usual
from applicants.documents.rules.mrz import names_agree, read
from applicants.documents.rules.passports import NO_PROOF, TYPED, Claims, not_read, passport_hints
from tests.applicants.documents.test_rules_mrz import FIRST, SECOND, TODAY, made

WHOLE = Claims(
    given="Amina",
    family="Rahmān",
    born_on=dt.date(1999, 1, 2),
    nationality="BGD",
    expires_on=dt.date(2031, 2, 3),
    same_number=True,
)


def told(claims: Claims, *lines: str, today: dt.date = TODAY) -> dict[str, tuple[str, str]]:
    mrz = read(*(lines or made()), today=today)
    hints = passport_hints(mrz, claims, today=today, source=TYPED)
    return {hint.name: (hint.outcome, hint.sentence) for hint in hints}


def test_lines_that_fit_everything_still_prove_nothing() -> None:
    found = told(WHOLE)
    assert {outcome for outcome, _sentence in found.values()} == {"fits"}
    assert len(found) == 6
    assert found["passport lines"] == ("fits", f"All check digits fit. {NO_PROOF}")


def test_nothing_told_is_unclear_and_not_wrong() -> None:
    found = told(Claims())
    assert found.pop("passport lines")[0] == "fits"
    assert {outcome for outcome, _sentence in found.values()} == {"unclear"}
    assert "passport number" not in found


def test_every_difference_is_named() -> None:
    other = Claims(
        given="Salma",
        family="Khan",
        born_on=dt.date(1999, 2, 1),
        nationality="IND",
        expires_on=dt.date(2031, 3, 2),
        same_number=False,
    )
    found = told(other)
    assert found.pop("passport lines")[0] == "fits"
    assert {outcome for outcome, _sentence in found.values()} == {"differs"}
    assert found["date of birth"][1].endswith("another than the profile's: 1 February 1999.")


def test_specimen_is_called_one_and_has_expired() -> None:
    found = told(WHOLE, FIRST, SECOND)
    assert found["passport lines"] == (
        "differs",
        "UTO is no country: these are the lines of a specimen.",
    )
    assert found["last valid day"] == ("differs", "By the lines the passport has expired.")


@pytest.mark.parametrize(("written", "known"), [("D<<", "DEU"), ("GBN", "GBR"), ("BGD", "BGD")])
def test_states_that_passports_write_otherwise_agree(written: str, known: str) -> None:
    found = told(Claims(nationality=known), *made(state=written))
    assert found["nationality"][0] == "fits"


def test_wrong_and_mended_digits_are_told_apart() -> None:
    first, second = made(number="OB1234567")
    wrong = told(WHOLE, first, second[:9] + str((int(second[9]) + 1) % 10) + second[10:])
    assert wrong["passport lines"][0] == "differs"
    assert "number and whole line" in wrong["passport lines"][1]
    mended = told(WHOLE, first, "0" + second[1:])
    assert mended["passport lines"][0] == "unclear"
    assert "Compare them by eye" in mended["passport lines"][1]


def test_days_that_are_none_and_other_scripts_are_unclear() -> None:
    found = told(WHOLE, *made(born="990230", ends="310230"))
    assert found["date of birth"][0] == found["last valid day"][0] == "unclear"
    script = Claims(given="\u0410\u043c\u0438\u043d\u0430")
    assert told(script)["name"] == ("unclear", "The profile's name is in another script.")
    assert not_read().outcome == "unclear"


def cover(policy: Policy, name: str = "Amina Rahmān") -> list[tuple[str, str, str]]:
    return [(hint.name, hint.outcome, hint.seen) for hint in cover_hints(policy, name=name)]


@pytest.mark.parametrize(
    ("one", "all_", "outcomes"),
    [
        (100_000_000, 300_000_000, ["fits", "fits"]),
        (99_999_999, 299_999_999, ["differs", "differs"]),
        (None, None, ["unclear", "unclear"]),
    ],
)
def test_malpractice_sums_against_the_usual_ones(
    one: int | None, all_: int | None, outcomes: list[str]
) -> None:
    found = cover(Policy("malpractice", "AMINA RAHMAN", one, all_))
    assert [outcome for _name, outcome, _seen in found] == [*outcomes, "fits"]


def test_health_policy_has_one_sum_and_a_name() -> None:
    found = cover(Policy("health_insurance", "Salma Khan", None, 50_000_000))
    assert found == [
        ("sum in all", "fits", "$500,000.00"),
        ("named insured", "differs", "Salma Khan"),
    ]
    assert cover(Policy("health_insurance"))[-1] == ("named insured", "unclear", "")
    assert cover(Policy("health_insurance", "A B"), name="")[-1][1] == "unclear"
    assert all(row.source and row.checked_on for row in usual().values())


def test_names_on_other_papers_are_compared_in_the_same_way() -> None:
    assert names_agree("RAHMAN, AMINA", "Amina Rahmān")
    assert names_agree("Jörg Müller", "Mueller Joerg")
    assert not names_agree("Salma Rahman", "Amina Rahmān")
