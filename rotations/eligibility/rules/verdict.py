"""From rules and facts to findings and the one sentence above them."""

import datetime as dt
from collections.abc import Iterable

from rotations.eligibility.rules.kinds import KINDS, Reading
from rotations.eligibility.rules.parts import (
    Facts,
    Finding,
    Outcome,
    Rule,
    Verdict,
    VerdictOutcome,
    Weight,
)

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


def evaluate(rules: Iterable[Rule], facts: Facts, *, starts_on: dt.date) -> Verdict:
    """Judge the facts by the rules for a rotation that starts on the given day.

    An unmet *must* says no; an unanswered *must* never says yes; what is due by the start and
    what the host merely prefers never stand in the way of applying.
    """
    read = [(rule, _read(rule, facts, starts_on)) for rule in rules]
    findings = tuple(_finding(rule, reading, starts_on) for rule, reading in read)
    musts = [reading for rule, reading in read if rule.weight == Weight.MUST]
    if unmet := [r for r in musts if r.outcome == Outcome.NOT_MET]:
        return Verdict(VerdictOutcome.CANNOT_APPLY, _refusal(unmet), findings)
    if missing := [r for r in musts if r.outcome == Outcome.UNKNOWN]:
        return Verdict(VerdictOutcome.UNKNOWN, _question(len(missing)), findings)
    due = [r for rule, r in read if rule.weight == Weight.BY_START and r.outcome != Outcome.MET]
    return Verdict(VerdictOutcome.CAN_APPLY, _consent(len(due)), findings)


def facts_asked(rules: Iterable[Rule]) -> list[str]:
    """The facts that these rules need, each once, in the order of the rules."""
    known = (KINDS[rule.kind].fact for rule in rules if rule.kind in KINDS)
    return list(dict.fromkeys(fact for fact in known if fact))


def _read(rule: Rule, facts: Facts, starts_on: dt.date) -> Reading:
    kind = KINDS.get(rule.kind)
    if kind is None:
        # A rule from a later vocabulary is never silently passed over.
        text = rule.kind.replace("_", " ")
        return Reading(Outcome.UNKNOWN, text, text, "", "Ask the host about this requirement.")
    return kind.read(rule.params, facts, starts_on)


def _next_step(rule: Rule, reading: Reading, starts_on: dt.date) -> str:
    if reading.outcome == Outcome.MET or rule.weight == Weight.WISH:
        return reading.next_step
    if rule.weight == Weight.BY_START:
        due = f"Due by the start on {starts_on.day} {starts_on:%B %Y}."
        return f"{due} {reading.next_step}".strip()
    return reading.next_step or "Apply once you have it."


def _finding(rule: Rule, reading: Reading, starts_on: dt.date) -> Finding:
    return Finding(
        rule.kind,
        rule.weight,
        reading.outcome,
        f"Preferred: {reading.rule}" if rule.weight == Weight.WISH else reading.rule,
        reading.yours,
        _next_step(rule, reading, starts_on),
        rule.source,
        rule.checked_on,
    )


def _refusal(unmet: list[Reading]) -> str:
    first = unmet[0]
    yours = first.yours[0].lower() + first.yours[1:]
    sentence = f"This host {first.asks}; {yours}"
    return sentence if len(unmet) == 1 else f"{sentence[:-1]}, and {_more(len(unmet) - 1)}."


def _more(count: int) -> str:
    return "one more rule is not met" if count == 1 else f"{count} more rules are not met"


def _question(missing: int) -> str:
    return f"{_number(missing)} answer{' is' if missing == 1 else 's are'} missing to tell."


def _consent(due: int) -> str:
    if not due:
        return "You can apply."
    things = "thing is" if due == 1 else "things are"
    return f"You can apply; {_number(due).lower()} {things} due by the start."


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
