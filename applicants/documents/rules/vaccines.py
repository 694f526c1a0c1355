"""Doses and titers by the field's usual form. A host may ask for more."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from applicants.documents.lines import Item, What
from applicants.documents.rules.dates import months_later
from applicants.documents.rules.record import ORDINAL, Standing, State, Told, doses, when
from applicants.documents.rules.series import (
    Course,
    Series,
    course,
    figure,
    in_words,
    known,
    listed,
    of_age,
)

LIVE_MMR = (What.MMR, What.MEASLES, What.MUMPS, What.RUBELLA)
NO_COVID = "Nothing told. Few hosts still ask for it."
PARTS = (
    ("measles", What.MEASLES, What.MEASLES_IGG),
    ("mumps", What.MUMPS, What.MUMPS_IGG),
    ("rubella", What.RUBELLA, What.RUBELLA_IGG),
)


def live_series(number: int) -> Series:
    further = number - 1
    return Series((figure("live_gap_days"),) * further, (figure("live_best_days"),) * further)


def mmr(told: Told) -> Standing:
    """Each of the three by doses or by a positive IgG; one MMR dose serves all three."""
    missing: dict[str, Course] = {}
    notes: list[str] = []
    for name, single, igg in PARTS:
        found, about = live_course(told, figure(f"{name}_doses"), What.MMR, single)
        notes += about
        if not (found.is_done or told.is_positive(igg)):
            missing[name] = found
    by_blood = [name for name, _single, igg in PARTS if told.is_positive(igg)]
    standing = _mmr_missing(told, missing) if missing else _mmr_complete(told, by_blood)
    return replace(
        standing,
        titer=f"IgG positive: {listed(by_blood)}" if by_blood else "",
        notes=tuple(dict.fromkeys(notes)),
        rule=known()["measles_doses"],
    )


def _mmr_complete(told: Told, by_blood: list[str]) -> Standing:
    number = len(told.of(*LIVE_MMR))
    ways = [f"{doses(number)} told"] if number else []
    ways += [f"a positive IgG for {listed(by_blood)}"] if by_blood else []
    return Standing(Item.MMR, State.COMPLETE, f"Complete: {listed(ways)}.")


def _mmr_missing(told: Told, missing: dict[str, Course]) -> Standing:
    """The one that lacks most says how many doses; the latest of the days serves all of them."""
    names, courses = listed(list(missing)), missing.values()
    worst = max(courses, key=lambda one: (one.missing, one.not_before() or dt.date.min))
    not_before = _latest(one.not_before() for one in courses)
    best_by = _latest(one.best_by() for one in courses)
    what = "MMR vaccine" if len(missing) > 1 else f"a vaccine with {names}"
    return Standing(
        Item.MMR,
        State.MISSING,
        f"Missing for {names}: {doses(worst.missing)}, or a positive IgG.",
        f"Get {what}{when(told, not_before, best_by)}, or have the IgG taken.",
        not_before,
        best_by,
    )


def _latest(days: Iterable[dt.date | None]) -> dt.date | None:
    return max((day for day in days if day), default=None)


def varicella(told: Told) -> Standing:
    found, notes = live_course(told, figure("varicella_doses"), What.VARICELLA)
    rule, positive = known()["varicella_doses"], told.is_positive(What.VARICELLA_IGG)
    titer = "IgG positive" if positive else ""
    if found.is_done or positive:
        how = "a positive IgG" if positive and not found.is_done else doses(len(found.counted))
        says = f"Complete: {how}."
        return Standing(Item.VARICELLA, State.COMPLETE, says, titer=titer, rule=rule)
    return Standing(
        Item.VARICELLA,
        State.MISSING,
        f"Missing: {doses(found.missing)}, or a positive IgG.",
        f"Get the {ORDINAL[len(found.counted)]} dose"
        f"{when(told, found.not_before(), found.best_by())}, or have the IgG taken.",
        found.not_before(),
        found.best_by(),
        notes=notes,
        rule=rule,
    )


def tdap(told: Told) -> Standing:
    """One adult Tdap ever, and a booster of either kind in the last ten years."""
    rule, months = known()["tdap_counts_months"], figure("tdap_counts_months")
    least = figure("tdap_first_age_months")
    days = [day for day in told.days(What.TDAP) if of_age(day, told.born_on, least)]
    notes = tuple(
        f"The dose of {in_words(day)} was given before the age of {least // 12}: it is not the "
        "adult Tdap."
        for day in told.days(What.TDAP)
        if day not in days
    )
    if not days:
        return Standing(
            Item.TDAP,
            State.MISSING,
            "Missing: one adult Tdap.",
            "Get a Tdap. A Td alone does not count, nor do childhood doses.",
            notes=notes,
            rule=rule,
        )
    until = months_later(max([*days, *told.days(What.TD)]), months)
    if until < told.today:
        return Standing(
            Item.TDAP,
            State.MISSING,
            f"Missing: a booster. The last one counted until {in_words(until)}.",
            "Get a Td or Tdap booster.",
            valid_until=until,
            rule=rule,
        )
    says = f"Complete until {in_words(until)}."
    return Standing(
        Item.TDAP,
        State.COMPLETE,
        says,
        f"The next booster is due by {in_words(until)}.",
        best_by=until,
        valid_until=until,
        rule=rule,
    )


def influenza(told: Told) -> Standing:
    """One dose each season; between the seasons nothing is missing yet."""
    rule, today = known()["flu_season_starts"], told.today
    begins = _season_start(today)
    ends = months_later(begins, 12) - dt.timedelta(days=1)
    current = [day for day in told.days(What.INFLUENZA) if begins <= day <= ends]
    if current:
        says = f"Complete for the season until {in_words(ends)}."
        return Standing(Item.INFLUENZA, State.COMPLETE, says, valid_until=ends, rule=rule)
    opens, best = _in_season(begins, "flu_doses_from"), _in_season(begins, "flu_best_by")
    if opens <= today <= months_later(begins, 9):
        return Standing(
            Item.INFLUENZA,
            State.MISSING,
            f"Missing: the dose of the season until {in_words(ends)}.",
            f"Get the dose{when(told, None, best if best >= today else None)}.",
            None,
            best if best >= today else None,
            rule=rule,
        )
    if today > opens:
        following = begins.replace(year=begins.year + 1)
        opens, best = _in_season(following, "flu_doses_from"), _in_season(following, "flu_best_by")
    return Standing(
        Item.INFLUENZA,
        State.LATER,
        "Nothing to do yet: the next season begins in the fall.",
        f"Get the dose{when(told, opens, best)}.",
        opens,
        best,
        rule=rule,
    )


def covid(told: Told) -> Standing:
    days, rule = told.days(What.COVID), known()["covid_optional"]
    says = (
        f"{doses(len(days)).capitalize()} told, the last on {in_words(days[-1])}." if days else ""
    )
    return Standing(Item.COVID, State.OPTIONAL, says or NO_COVID, rule=rule)


def live_course(told: Told, number: int, *whats: str) -> tuple[Course, tuple[str, ...]]:
    """How far the doses go, with a sentence on each that does not count."""
    months = figure("live_first_age_months")
    days = told.days(*whats)
    late = [day for day in days if of_age(day, told.born_on, months)]
    found = course(late, live_series(number))
    notes = [
        f"The dose of {in_words(day)} was given before the first birthday and does not count."
        for day in days
        if day not in late and not found.is_done
    ]
    return found, (*notes, *too_early(found))


def too_early(found: Course) -> tuple[str, ...]:
    return tuple(
        f"The dose of {in_words(day)} came too early after the one before: it would count from "
        f"{in_words(found.would_count_from(day))} on."
        for day in found.early
    )


def _in_season(begins: dt.date, name: str) -> dt.date:
    month, day = map(int, known()[name].value.split("-"))
    return dt.date(begins.year, month, day)


def _season_start(today: dt.date) -> dt.date:
    start = _in_season(today, "flu_season_starts")
    return start if start <= today else start.replace(year=today.year - 1)
