"""From rules and facts to findings and the one sentence above them."""

from collections.abc import Iterable, Mapping

from rotations.eligibility.rules.kinds import kind_of
from rotations.eligibility.rules.kinds.texts import is_text, text_facts
from rotations.eligibility.rules.parts import (
    Case,
    Facts,
    Finding,
    Group,
    Outcome,
    Paper,
    Rule,
    Stay,
    Verdict,
    VerdictOutcome,
    Weight,
)
from rotations.eligibility.rules.words import Reading, day

NO = VerdictOutcome.CANNOT_APPLY
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")
NO_PAPERS: Mapping[str, Paper] = {}
Read = tuple[Rule, Reading]


def evaluate(
    rules: Iterable[Rule], facts: Facts, *, stay: Stay, papers: Mapping[str, Paper] = NO_PAPERS
) -> Verdict:
    return judge(Case(tuple(rules), facts, stay, papers))


def judge(case: Case) -> Verdict:
    """Judge the case by its rules alone.

    An unmet *must* says no; an unanswered *must* never says yes; what is due by the start and
    what the host merely prefers never stand in the way of applying.
    """
    every = ((rule, _read(rule, case)) for rule in case.rules)
    read = [(rule, reading) for rule, reading in every if reading is not None]
    outcome, sentence = _conclusion(read)
    return Verdict(outcome, sentence, tuple(_finding(rule, r, case.stay) for rule, r in read))


def _conclusion(read: list[Read]) -> tuple[VerdictOutcome, str]:
    musts = [reading for rule, reading in read if rule.weight == Weight.MUST]
    if unmet := [reading for reading in musts if reading.outcome == Outcome.NOT_MET]:
        return VerdictOutcome.CANNOT_APPLY, _refusal(unmet)
    if missing := [reading for reading in musts if reading.outcome == Outcome.UNKNOWN]:
        return VerdictOutcome.UNKNOWN, _question(len(missing))
    due = [r for rule, r in read if rule.weight == Weight.BY_START and r.outcome != Outcome.MET]
    return VerdictOutcome.CAN_APPLY, _consent(len(due))


def first_fit(
    rules: Iterable[Rule], facts: Facts, stays: Iterable[Stay], papers: Mapping[str, Paper]
) -> Stay | None:
    """The first of these dates against which no known fact speaks."""
    rules = tuple(rules)
    fits = (s for s in stays if judge(Case(rules, facts, s, papers)).outcome != NO)
    return next(fits, None)


def facts_asked(rules: Iterable[Rule]) -> list[str]:
    """The facts that these rules need, each once, in the order of the rules."""
    return list(dict.fromkeys(fact for rule in rules for fact in _facts_of(rule)))


def _facts_of(rule: Rule) -> tuple[str, ...]:
    if is_text(rule.kind):
        return text_facts(rule.params, rule.weight)
    kind = kind_of(rule.kind)
    return kind.facts if kind else ()


def _read(rule: Rule, case: Case) -> Reading | None:
    kind = kind_of(rule.kind)
    if kind is None:
        # A rule from a later vocabulary is never silently passed over.
        text = rule.kind.replace("_", " ")
        return Reading(Outcome.UNKNOWN, text, text, "", "Ask the host about this requirement.")
    return kind.read(rule.params, case)


def _next_step(rule: Rule, reading: Reading, stay: Stay) -> str:
    if reading.outcome == Outcome.MET or rule.weight == Weight.WISH or reading.says_when:
        return reading.next_step
    if rule.weight == Weight.BY_START:
        return f"Due by the start on {day(stay.starts_on)}. {reading.next_step}".strip()
    return reading.next_step or "Apply once you have it."


def _finding(rule: Rule, reading: Reading, stay: Stay) -> Finding:
    kind = kind_of(rule.kind)
    facts = _facts_of(rule)
    is_open = reading.outcome == Outcome.UNKNOWN
    return Finding(
        kind=rule.kind,
        weight=rule.weight,
        outcome=reading.outcome,
        rule=f"Preferred: {reading.rule}" if rule.weight == Weight.WISH else reading.rule,
        yours=reading.yours,
        next_step=_next_step(rule, reading, stay),
        source=rule.source,
        checked_on=rule.checked_on,
        group=kind.group if kind else Group.HOST,
        fact=(reading.fact or next(iter(facts), "")) if is_open else "",
        earliest_on=reading.earliest_on,
    )


def _refusal(unmet: list[Reading]) -> str:
    first = unmet[0]
    yours = first.yours[0].lower() + first.yours[1:]
    sentence = f"{first.clause.rstrip('.')}; {yours}"
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
