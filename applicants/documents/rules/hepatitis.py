"""Hepatitis B: the series, the level after it, a second series, and then a test for the antigen."""

import datetime as dt
from decimal import Decimal

from applicants.documents.lines import Item, Result, What
from applicants.documents.rules.record import ORDINAL, Line, Standing, State, Told, doses, when
from applicants.documents.rules.series import Course, Series, course, figure, in_words, known
from applicants.documents.rules.vaccines import too_early


def hepatitis_b(told: Told) -> Standing:
    first = best_course(told, after=None)
    if not first.is_done:
        return _unfinished(told, first, "the series")
    immune = _immune(told, first)
    if immune is not None:
        return _complete(told, f"{_doses_and(first)} and {_level(immune)}")
    low = _low(told, first)
    if low is None:
        return _level_due(told, first)
    second = best_course(told, after=low.on)
    if not second.is_done:
        return _unfinished(told, second, f"the second series, after {_level(low)}")
    again = _low(told, second)
    if again is None:
        return _level_due(told, second)
    return _no_response(told, again)


def best_course(told: Told, *, after: dt.date | None) -> Course:
    """Two doses of the two-dose vaccine, or three of any; the one that is nearer to its end."""
    twos, every = (
        [day for day in told.days(*which) if after is None or day > after]
        for which in ((What.HEP_B_TWO,), (What.HEP_B, What.HEP_B_TWO))
    )
    short, long = course(twos, two_doses()), course(every, three_doses())
    done = [one for one in (short, long) if one.is_done]
    if done:
        return min(done, key=lambda one: one.counted[-1])
    only_twos = twos and len(twos) == len(every)
    return short if only_twos else long


def three_doses() -> Series:
    return Series(
        (figure("hepb_second_gap_days"), figure("hepb_third_gap_days")),
        (figure("hepb_second_best_days"), figure("hepb_third_best_days")),
        figure("hepb_whole_days"),
    )


def two_doses() -> Series:
    return Series((figure("hepb_two_gap_days"),), (figure("hepb_second_best_days"),))


def _immune(told: Told, done: Course) -> Line | None:
    """A high level at or after the end of the series, whenever it was taken."""
    least, end = figure("hepb_immune_miu"), done.counted[-1]
    high = [one for one in told.of(What.ANTI_HBS) if (one.level or 0) >= least and one.on >= end]
    return high[-1] if high else None


def _low(told: Told, done: Course) -> Line | None:
    """The first low level that was taken late enough after the series to say something."""
    least = figure("hepb_immune_miu")
    from_day = done.counted[-1] + dt.timedelta(days=figure("hepb_level_from_days"))
    low = [one for one in told.of(What.ANTI_HBS) if (one.level or 0) < least and one.on >= from_day]
    return low[0] if low else None


def _unfinished(told: Told, found: Course, of: str) -> Standing:
    levels = told.of(What.ANTI_HBS)
    notes = too_early(found)
    if not found.counted and any((one.level or 0) >= figure("hepb_immune_miu") for one in levels):
        notes += ("The level is high enough; the form also asks for the days of the doses.",)
    not_before, best_by = found.not_before(), found.best_by()
    return Standing(
        Item.HEPATITIS_B,
        State.MISSING,
        f"Missing: {doses(found.missing)} of {of}, then the anti-HBs level.",
        f"Get the {ORDINAL[len(found.counted)]} dose{when(told, not_before, best_by)}.",
        not_before,
        best_by,
        titer=_level(levels[-1]) if levels else "",
        notes=notes,
        rule=known()["hepb_whole_days"],
    )


def _level_due(told: Told, done: Course) -> Standing:
    end = done.counted[-1]
    from_day = end + dt.timedelta(days=figure("hepb_level_from_days"))
    best = end + dt.timedelta(days=figure("hepb_level_best_days"))
    hasty = [one for one in told.of(What.ANTI_HBS) if end <= one.on < from_day]
    notes = tuple(
        f"The level of {in_words(one.on)} was taken too soon after the last dose: a low one says "
        f"nothing before {in_words(from_day)}."
        for one in hasty
    )
    return Standing(
        Item.HEPATITIS_B,
        State.MISSING,
        f"Missing: a quantitative anti-HBs after {_doses_and(done)}.",
        f"Have the level taken{when(told, from_day, best)}.",
        from_day,
        best,
        titer=_level(hasty[-1]) if hasty else "",
        notes=notes,
        rule=known()["hepb_level_from_days"],
    )


def _no_response(told: Told, again: Line) -> Standing:
    antigen = told.of(What.HBSAG)
    was = f"No response to two series ({_level(again)})"
    if not antigen:
        return Standing(
            Item.HEPATITIS_B,
            State.MISSING,
            f"{was}. Missing: an HBsAg test.",
            "Have the HBsAg test, and talk to a physician about the result.",
            titer=_level(again),
            rule=known()["hepb_level_from_days"],
        )
    result = Result(antigen[-1].result).label.lower()
    return _complete(
        told,
        f"{was[0].lower()}{was[1:]}, HBsAg {result}",
        "Hosts often want a physician's note with it.",
    )


def _complete(told: Told, how: str, step: str = "") -> Standing:
    levels = told.of(What.ANTI_HBS)
    return Standing(
        Item.HEPATITIS_B,
        State.COMPLETE,
        f"Complete: {how}.",
        step,
        titer=_level(levels[-1]),
        rule=known()["hepb_level_from_days"],
    )


def _doses_and(done: Course) -> str:
    return f"{doses(len(done.counted))} until {in_words(done.counted[-1])}"


def _level(line: Line) -> str:
    return f"anti-HBs {(line.level or Decimal()).normalize():f} mIU/mL on {in_words(line.on)}"
