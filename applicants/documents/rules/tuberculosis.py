"""Tests for tuberculosis, and the physical exam: what the paper says, and how long it counts."""

import datetime as dt
from itertools import pairwise

from applicants.documents.lines import Item, Result, What
from applicants.documents.rules.dates import months_later
from applicants.documents.rules.record import Line, Standing, State, Told, when
from applicants.documents.rules.series import figure, in_words, known

LIVE = (What.MMR, What.MEASLES, What.MUMPS, What.RUBELLA, What.VARICELLA)


def tb(told: Told) -> Standing:
    """A negative test of the last year; after a positive one a chest X-ray.

    A later negative blood test stands against an earlier positive skin test, which a BCG may cause.
    """
    tests, notes = told.of(What.TST, What.IGRA), _unread(told)
    valid = [one for one in tests if one.what == What.IGRA or _is_read(one)]
    positive = [one for one in valid if _is_positive(one)]
    negative = [one for one in valid if _is_negative(one)]
    if positive and not _is_outweighed(positive, negative):
        return _after_positive(told, positive, notes)
    if positive:
        notes += ("Some hosts ask for a chest X-ray after any positive skin test.",)
    return _by_test(told, negative[-1] if negative else None, notes, _is_two_step(negative))


def exam(told: Told) -> Standing:
    rule, days = known()["exam_counts_months"], told.days(What.EXAM)
    until = months_later(days[-1], figure("exam_counts_months")) if days else None
    if until is not None and until >= told.today:
        says = f"Complete until {in_words(until)}."
        return Standing(Item.EXAM, State.COMPLETE, says, valid_until=until, rule=rule)
    says = f"Missing: the last one counted until {in_words(until)}." if until else "Nothing told."
    step = "Some hosts ask for one: see a physician, and have it signed and dated."
    return Standing(Item.EXAM, State.MISSING, says, step, valid_until=until, rule=rule)


def _by_test(told: Told, newest: Line | None, notes: tuple[str, ...], two_step: bool) -> Standing:  # noqa: FBT001 -- private
    rule, titer = known()["tb_counts_months"], _in_short(newest)
    until = months_later(newest.on, figure("tb_counts_months")) if newest else None
    if newest is not None and until is not None and until >= told.today:
        how = "two-step skin test" if two_step else _name(newest)
        says = f"Complete: negative {how} of {in_words(newest.on)}, counts until {in_words(until)}."
        return Standing(
            Item.TB, State.COMPLETE, says, valid_until=until, titer=titer, notes=notes, rule=rule
        )
    says = (
        f"Missing: the last test counted until {in_words(until)}."
        if until
        else "Nothing counts yet."
    )
    live = told.days(*LIVE)
    from_day = live[-1] + dt.timedelta(days=figure("tb_after_live_days")) if live else None
    waits = from_day if from_day is not None and from_day > told.today else None
    step = "Have a blood test (IGRA) or a skin test"
    step += f"{when(told, waits, None)}: a live vaccine was given shortly before" if waits else ""
    return Standing(
        Item.TB,
        State.MISSING,
        says,
        f"{step}. Hosts often want the blood test of people who had a BCG.",
        waits,
        valid_until=until,
        titer=titer,
        notes=notes,
        rule=rule,
    )


def _after_positive(told: Told, positive: list[Line], notes: tuple[str, ...]) -> Standing:
    rule, titer = known()["xray_counts_months"], _in_short(positive[-1])
    since = positive[0].on
    pictures = [one for one in told.of(What.XRAY) if one.on >= since]
    newest = pictures[-1] if pictures else None
    until = months_later(newest.on, figure("xray_counts_months")) if newest else None
    was = f"a positive {_name(positive[-1])} of {in_words(positive[-1].on)}"
    state, step = State.MISSING, "Have a chest X-ray, and keep its report."
    if newest is None or until is None:
        says = f"Missing: a chest X-ray after {was}."
    elif newest.result == Result.ABNORMAL:
        says = f"The X-ray of {in_words(newest.on)} shows a finding."
        step = "Hosts ask for a physician's letter of clearance with it."
    elif until < told.today:
        says = f"Missing: the X-ray counted until {in_words(until)}."
    else:
        state, step = State.COMPLETE, "Some hosts add a questionnaire on symptoms."
        says = f"Complete: chest X-ray of {in_words(newest.on)} after {was}."
    return Standing(
        Item.TB, state, says, step, valid_until=until, titer=titer, notes=notes, rule=rule
    )


def _is_read(test: Line) -> bool:
    """Whether a skin test was read when it has to be."""
    days = (test.read_on - test.on).days if test.read_on else -1
    return figure("tst_read_from_days") <= days <= figure("tst_read_to_days")


def _unread(told: Told) -> tuple[str, ...]:
    return tuple(
        f"The skin test of {in_words(one.on)} was not read after 48 to 72 hours and does not count."
        for one in told.of(What.TST)
        if not _is_read(one)
    )


def _is_positive(test: Line) -> bool:
    if test.what == What.TST:
        return test.mm is not None and test.mm >= figure("tst_positive_mm")
    return test.result == Result.POSITIVE


def _is_negative(test: Line) -> bool:
    if test.what == What.TST:
        return test.mm is not None and not _is_positive(test)
    return test.result == Result.NEGATIVE


def _is_outweighed(positive: list[Line], negative: list[Line]) -> bool:
    last = positive[-1].on
    only_skin = all(one.what == What.TST for one in positive)
    return only_skin and any(one.what == What.IGRA and one.on >= last for one in negative)


def _is_two_step(negative: list[Line]) -> bool:
    """Two skin tests, the second a week or more after the first was read, the last of all tests."""
    last = negative[-2:]
    gap = dt.timedelta(days=figure("tst_step_gap_days"))
    return any(
        first.what == second.what == What.TST
        and first.read_on is not None
        and second.on >= first.read_on + gap
        and second.on <= months_later(first.on, figure("tb_counts_months"))
        for first, second in pairwise(last)
    )


def _name(test: Line) -> str:
    return "skin test" if test.what == What.TST else "blood test"


def _in_short(test: Line | None) -> str:
    if test is None:
        return ""
    if test.what == What.TST:
        return f"Skin test: {test.mm} mm"
    return f"Blood test: {Result(test.result).label.lower()}"
