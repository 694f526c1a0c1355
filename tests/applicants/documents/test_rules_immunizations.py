"""The form's rules on doses, titers and tests, by day."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applicants.documents.lines import ABOUT, Item, Shape, What
from applicants.documents.rules.immunizations import SECTIONS, impossible, standings
from applicants.documents.rules.record import Line, Standing, State, Told
from applicants.documents.rules.series import Series, course, known, listed

TODAY = dt.date(2026, 7, 1)
BORN = dt.date(1999, 2, 28)
KEYS = count()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def line(what: str, on: str, **more: Any) -> Line:
    return Line(str(next(KEYS)), what, day(on), **more)


def igg(what: str, on: str = "2020-05-05", result: str = "positive") -> Line:
    return line(what, on, result=result)


def level(value: str, on: str) -> Line:
    return line(What.ANTI_HBS, on, level=Decimal(value))


def skin(on: str, mm: int, read: int = 2) -> Line:
    return line(What.TST, on, mm=mm, read_on=day(on) + dt.timedelta(days=read))


def found(
    item: Item, *lines: Line, today: dt.date = TODAY, born: dt.date | None = BORN
) -> Standing:
    every = standings(lines, born_on=born, today=today)
    return next(one for one in every if one.item == item)


def test_sections_stand_in_the_forms_order_and_name_their_rule() -> None:
    told = standings([], born_on=None, today=TODAY)
    assert [one.item for one in told] == list(Item)
    assert all(one.rule.source and one.rule.checked_on and one.says for one in told)
    assert {row.checked_on.year for row in known().values()} == {2026}


def test_two_mmr_doses_28_days_apart_are_complete() -> None:
    standing = found(Item.MMR, line("mmr", "2001-03-01"), line("mmr", "2001-03-29"))
    assert (standing.state, standing.says) == ("complete", "Complete: two doses told.")


def test_second_mmr_dose_that_came_too_soon_says_when_it_would_have_counted() -> None:
    standing = found(Item.MMR, line("mmr", "2026-06-01"), line("mmr", "2026-06-20"))
    assert standing.state == State.MISSING
    assert standing.notes[0].endswith("it would count from 29 June 2026 on.")
    assert (standing.not_before, standing.best_by) == (day("2026-07-18"), day("2026-07-27"))
    assert standing.says == "Missing for measles and mumps: one dose, or a positive IgG."
    assert "not before 18 July 2026, best by 27 July 2026" in standing.next_step


def test_mmr_counts_single_vaccines_and_titers_part_by_part() -> None:
    parts = [line("measles", "2003-01-01"), line("measles", "2003-02-01"), igg("mumps_igg")]
    standing = found(Item.MMR, *parts)
    assert standing.says == "Missing for rubella: one dose, or a positive IgG."
    assert (standing.not_before, standing.titer) == (None, "IgG positive: mumps")
    done = found(Item.MMR, *parts, line("rubella", "2003-01-01"))
    assert done.says == "Complete: three doses told and a positive IgG for mumps."
    three = [igg(f"{name}_igg") for name in ("measles", "mumps", "rubella")]
    assert found(Item.MMR, *three).is_complete
    assert found(Item.MMR, *three[:2], igg("rubella_igg", result="unclear")).state == State.MISSING


def test_dose_before_the_first_birthday_does_not_count() -> None:
    early = line("mmr", "1999-12-01")
    standing = found(Item.MMR, early, line("mmr", "2000-03-01"))
    assert "before the first birthday" in standing.notes[0]
    assert found(Item.MMR, early, line("mmr", "2000-03-01"), born=None).is_complete


@pytest.mark.parametrize(("on", "counts"), [("2001-02-27", False), ("2001-02-28", True)])
def test_leap_day_birth_has_its_first_birthday_on_28_february(on: str, *, counts: bool) -> None:
    lines = [line("varicella", on), line("varicella", "2010-01-01")]
    standing = found(Item.VARICELLA, *lines, born=dt.date(2000, 2, 29))
    assert standing.is_complete is counts


def test_varicella_by_doses_by_titer_and_by_neither() -> None:
    one = line("varicella", "2026-05-01")
    assert (
        found(Item.VARICELLA, one, line("varicella", "2026-05-29")).says == "Complete: two doses."
    )
    assert found(Item.VARICELLA, igg("varicella_igg")).says == "Complete: a positive IgG."
    standing = found(Item.VARICELLA, one)
    # the first possible day has come, the usual one has passed: nothing is left to wait for
    assert standing.next_step == "Get the second dose, or have the IgG taken."
    assert found(Item.VARICELLA).next_step == "Get the first dose, or have the IgG taken."


def test_tdap_counts_ten_years_and_td_boosts_it() -> None:
    assert found(Item.TDAP).says == "Missing: one adult Tdap."
    assert found(Item.TDAP, line("td", "2024-01-01")).state == State.MISSING
    old = line("tdap", "2014-02-28")
    assert "counted until 28 February 2024" in found(Item.TDAP, old).says
    boosted = found(Item.TDAP, old, line("td", "2024-02-29"))
    assert (boosted.state, boosted.valid_until) == ("complete", day("2034-02-28"))
    child = found(Item.TDAP, line("tdap", "2004-02-28"))
    assert "before the age of 10" in child.notes[0]


def three(*days: str) -> list[Line]:
    return [line("hep_b", one) for one in days]


FULL = ("2020-01-01", "2020-02-01", "2020-07-01")


def test_hepatitis_b_walks_from_dose_to_level() -> None:
    assert found(Item.HEPATITIS_B).next_step == "Get the first dose."
    one = found(Item.HEPATITIS_B, *three("2026-06-20"))
    assert (one.not_before, one.best_by) == (day("2026-07-18"), day("2026-08-20"))
    two = found(Item.HEPATITIS_B, *three("2026-05-01", "2026-06-20"))
    assert (two.not_before, two.best_by) == (day("2026-08-21"), day("2026-11-19"))
    due = found(Item.HEPATITIS_B, *three("2026-01-01", "2026-02-01", "2026-06-20"))
    assert due.says == "Missing: a quantitative anti-HBs after three doses until 20 June 2026."
    assert (due.not_before, due.best_by) == (day("2026-07-18"), day("2026-08-15"))


def test_third_dose_waits_for_sixteen_weeks_from_the_first() -> None:
    standing = found(Item.HEPATITIS_B, *three("2026-05-01", "2026-05-29"))
    assert standing.not_before == day("2026-08-21")
    hasty = found(Item.HEPATITIS_B, *three("2026-01-01", "2026-02-01", "2026-04-01"))
    assert "would count from 23 April 2026 on" in hasty.notes[0]
    assert hasty.not_before == day("2026-05-27")


@pytest.mark.parametrize(("value", "complete"), [("9.99", False), ("10", True), ("1000", True)])
def test_level_of_ten_is_immune(value: str, *, complete: bool) -> None:
    standing = found(Item.HEPATITIS_B, *three(*FULL), level(value, "2020-08-10"))
    assert standing.is_complete is complete


def test_low_level_asks_for_a_second_series_and_a_new_level() -> None:
    low = [*three(*FULL), level("3", "2020-08-10")]
    assert "of the second series, after anti-HBs 3 mIU/mL" in found(Item.HEPATITIS_B, *low).says
    second = [*low, *three("2020-09-01", "2020-10-01", "2021-03-01")]
    assert "Missing: a quantitative" in found(Item.HEPATITIS_B, *second).says
    assert found(Item.HEPATITIS_B, *second, level("40", "2021-04-10")).is_complete
    again = [*second, level("4", "2021-04-10")]
    assert "Missing: an HBsAg test" in found(Item.HEPATITIS_B, *again).says
    done = found(Item.HEPATITIS_B, *again, igg("hbsag", "2021-05-01", "negative"))
    assert done.says == (
        "Complete: no response to two series (anti-HBs 4 mIU/mL on 10 April 2021), HBsAg negative."
    )


def test_low_level_taken_too_soon_says_nothing() -> None:
    standing = found(Item.HEPATITIS_B, *three(*FULL), level("3", "2020-07-10"))
    assert "nothing before 29 July 2020" in standing.notes[0]
    assert standing.says.startswith("Missing: a quantitative")


def test_two_dose_vaccine_and_mixtures() -> None:
    pair = [line("hep_b_two", "2026-01-01"), line("hep_b_two", "2026-01-29")]
    assert "two doses until 29 January 2026" in found(Item.HEPATITIS_B, *pair).says
    one = found(Item.HEPATITIS_B, pair[0])
    assert one.says.startswith("Missing: one dose")
    mixed = found(Item.HEPATITIS_B, pair[0], line("hep_b", "2026-02-10"))
    assert mixed.says.startswith("Missing: one dose")
    assert mixed.not_before == day("2026-04-23")
    both = found(Item.HEPATITIS_B, *pair, *three("2010-01-01", "2010-02-01", "2010-07-01"))
    assert "until 1 July 2010" in both.says


def test_level_without_doses_asks_for_their_days() -> None:
    standing = found(Item.HEPATITIS_B, level("250", "2024-01-01"))
    assert standing.notes == (
        "The level is high enough; the form also asks for the days of the doses.",
    )
    assert standing.titer == "anti-HBs 250 mIU/mL on 1 January 2024"


@pytest.mark.parametrize(
    ("today", "dose", "state", "opens"),
    [
        ("2026-10-15", "2026-09-20", "complete", None),
        ("2026-10-15", "2025-10-20", "missing", None),
        ("2026-12-01", None, "missing", None),
        ("2026-07-01", "2025-10-20", "later", "2026-09-01"),
        ("2026-06-01", None, "later", "2026-09-01"),
        ("2026-06-01", "2025-10-20", "complete", None),
    ],
)
def test_influenza_goes_by_the_season(
    today: str, dose: str | None, state: str, opens: str | None
) -> None:
    lines = [line("influenza", dose)] if dose else []
    standing = found(Item.INFLUENZA, *lines, today=day(today))
    assert standing.state == state
    assert standing.not_before == (day(opens) if opens else None)


def test_negative_tb_test_counts_a_year() -> None:
    standing = found(Item.TB, skin("2025-07-01", 3))
    assert (standing.state, standing.valid_until) == ("complete", TODAY)
    assert found(Item.TB, skin("2025-06-30", 3)).says == (
        "Missing: the last test counted until 30 June 2026."
    )
    blood = found(Item.TB, igg("igra", "2026-01-01", "negative"))
    assert (blood.is_complete, blood.titer) == (True, "Blood test: negative")
    assert found(Item.TB, igg("igra", "2026-01-01", "unclear")).says == "Nothing counts yet."


@pytest.mark.parametrize("read", [1, 4])
def test_skin_test_read_at_the_wrong_time_does_not_count(read: int) -> None:
    standing = found(Item.TB, skin("2026-06-01", 0, read))
    assert standing.state == State.MISSING
    assert "not read after 48 to 72 hours" in standing.notes[0]


def test_two_skin_tests_a_week_apart_are_two_step() -> None:
    two = found(Item.TB, skin("2026-05-01", 0), skin("2026-05-10", 2))
    assert "negative two-step skin test of 10 May 2026" in two.says
    assert "two-step" not in found(Item.TB, skin("2026-05-01", 0), skin("2026-05-09", 2)).says


def test_positive_test_needs_an_xray() -> None:
    positive = skin("2026-01-10", 10)
    assert found(Item.TB, positive).says == (
        "Missing: a chest X-ray after a positive skin test of 10 January 2026."
    )
    clear = found(Item.TB, positive, line("xray", "2026-01-20", result="normal"))
    assert (clear.state, clear.valid_until) == ("complete", day("2027-01-20"))
    assert not found(Item.TB, positive, line("xray", "2025-12-20", result="normal")).is_complete
    shown = found(Item.TB, positive, line("xray", "2026-01-20", result="abnormal"))
    assert "shows a finding" in shown.says
    old = [igg("igra", "2024-01-10"), line("xray", "2024-01-20", result="normal")]
    assert found(Item.TB, *old).says == "Missing: the X-ray counted until 20 January 2025."


def test_blood_test_outweighs_an_earlier_skin_test_only() -> None:
    negative = igg("igra", "2026-02-01", "negative")
    standing = found(Item.TB, skin("2026-01-10", 14), negative)
    assert standing.is_complete
    assert "chest X-ray after any positive skin test" in standing.notes[0]
    assert not found(Item.TB, igg("igra", "2026-01-10"), negative).is_complete
    assert not found(Item.TB, skin("2026-03-10", 14), negative).is_complete


def test_tb_test_waits_four_weeks_after_a_live_vaccine() -> None:
    standing = found(Item.TB, line("mmr", "2026-06-20"))
    assert standing.not_before == day("2026-07-18")
    assert "not before 18 July 2026: a live vaccine" in standing.next_step
    assert found(Item.TB, line("mmr", "2026-05-20")).not_before is None


def test_physical_exam_and_covid() -> None:
    assert found(Item.EXAM).says == "Nothing told."
    assert found(Item.EXAM, line("exam", "2025-07-01")).is_complete
    assert "counted until 30 June 2026" in found(Item.EXAM, line("exam", "2025-06-30")).says
    assert found(Item.COVID).state == State.OPTIONAL
    assert found(Item.COVID, line("covid", "2021-06-30")).says == (
        "One dose told, the last on 30 June 2021."
    )


@pytest.mark.parametrize(
    ("on", "read", "words"),
    [
        ("2026-07-02", None, "still to come"),
        ("2026-07-01", "2026-07-03", "still to come"),
        ("1999-02-27", None, "before your date of birth"),
        ("1940-01-01", None, "before your date of birth"),
        ("2026-06-05", "2026-06-04", "swapped"),
        ("1999-02-28", None, ""),
        ("2024-02-29", None, ""),
    ],
)
def test_impossible_days(on: str, read: str | None, words: str) -> None:
    said = impossible(day(on), day(read) if read else None, born_on=BORN, today=TODAY)
    assert words in said
    assert bool(said) is bool(words)
    assert impossible(dt.date(1940, 1, 1), None, born_on=None, today=TODAY) == (
        "The year 1940 cannot be. Look at the paper once more."
    )


def test_words_are_listed_as_people_do() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "a", "a and b", "a, b and c"
    ]  # fmt: skip


# A busy machine is no fault of the rules.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAYS = st.dates(dt.date(1999, 3, 1), TODAY)
VACCINES = [what for what, about in ABOUT.items() if about.shape == Shape.DAY]
DOSES = st.lists(st.builds(Line, st.just("k"), st.sampled_from(VACCINES), DAYS), max_size=8)


@PATIENT
@given(DOSES, st.builds(Line, st.just("k"), st.sampled_from(VACCINES), DAYS))
def test_one_more_dose_never_takes_a_complete_section_away(lines: list[Line], more: Line) -> None:
    before, after = Told(lines, BORN, TODAY), Told([*lines, more], BORN, TODAY)
    for section in SECTIONS:
        assert section(after).is_complete or not section(before).is_complete


@PATIENT
@given(DOSES)
def test_dose_on_the_day_that_was_named_counts(lines: list[Line]) -> None:
    """Who follows what the page says is a dose nearer to the end of the series."""
    series = Series((28, 56), (61, 152), 112)
    now = course([one.on for one in lines], series)
    next_day = now.not_before()
    if next_day is not None:
        then = course([*(one.on for one in lines), next_day], series)
        assert len(then.counted) == len(now.counted) + 1
        assert (now.best_by() or next_day) >= next_day
