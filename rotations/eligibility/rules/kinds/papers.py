"""Papers due by the start: where the person's own one stands, and when to set about it."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from rotations.eligibility.rules.parts import Case, Group, Outcome, Paper, PaperState, Stay
from rotations.eligibility.rules.words import Kind, Params, Reading, day, no_params, whole

MONTHS = 12
USUAL = "the last 12 months"
NOTHING_TO_DO = "Our staff look at it; you have nothing to do now."


@dataclass(frozen=True)
class Wanted:
    """A paper as hosts ask for it.

    `get` is what one does to have it, ended by a day. `fresh_days`: at most so old at the start.
    `covers`: its first day is the first of the cover, which may not lie behind the start.
    `may_be_newer`: a host may ask for one that is newer than usual, by a number of months.
    """

    name: str
    rule: str
    get: str
    note: str
    fresh_days: int | None = None
    covers: bool = False
    may_be_newer: bool = False

    def rule_in(self, months: int | None) -> str:
        if months is None:
            return self.rule
        newer = f"the last {'month' if months == 1 else f'{months} months'} before the start"
        if USUAL in self.rule:
            return self.rule.replace(USUAL, newer)
        return f"{self.rule}, from {newer}"


WANTED: dict[str, Wanted] = {
    "immunizations": Wanted(
        "immunization record",
        "Immunization record: MMR, varicella, hepatitis B, Tdap, influenza in season",
        "Begin with doses and titers",
        "Doses and titers can take two months.",
    ),
    "tb_test": Wanted(
        "TB test",
        "TB test (IGRA or skin test) from the last 12 months",
        "Book the TB test",
        "A chest X-ray report may be asked for if it is positive.",
        may_be_newer=True,
    ),
    "physical_exam": Wanted(
        "physical exam",
        "Physical exam from the last 12 months, signed and dated",
        "Book the physical exam",
        "A physician signs and dates it.",
        may_be_newer=True,
    ),
    "health_insurance": Wanted(
        "health insurance",
        "Health insurance that covers you in the U.S. for the whole stay",
        "Buy the insurance",
        "Buy it with the exact dates, up to the last day.",
        covers=True,
    ),
    "malpractice": Wanted(
        "malpractice insurance",
        "Malpractice insurance in your name for the whole stay",
        "Ask for the certificate",
        "Your name stands on the certificate; the host says which sums.",
        covers=True,
    ),
    "bls_card": Wanted(
        "BLS card",
        "BLS card of the American Heart Association, valid to the last day",
        "Book the BLS course",
        "Courses abroad are accepted where they issue an AHA card.",
    ),
    "hipaa": Wanted(
        "HIPAA training certificate",
        "HIPAA training certificate",
        "Take the HIPAA course",
        "Online courses take an hour or two; the host may name one.",
        may_be_newer=True,
    ),
    "background_check": Wanted(
        "background check",
        "Background check by the host's own vendor",
        "Order the background check",
        "The host names the vendor and its fee.",
        may_be_newer=True,
    ),
    "drug_screen": Wanted(
        "drug screen",
        "Urine drug screen in the last 30 days before the start",
        "Take the drug screen",
        "Take it after you arrive, or where the host tells you to.",
        fresh_days=30,
    ),
    "school_letter": Wanted(
        "dean's letter",
        "Letter of your school: enrolled, in good standing",
        "Ask your school for the letter",
        "On the school's letterhead, signed.",
    ),
    "transcript": Wanted(
        "transcript",
        "Medical school transcript",
        "Ask your school for the transcript",
        "With a translation if it is not in English.",
    ),
    "diploma": Wanted(
        "medical degree",
        "Medical degree",
        "Add a copy of your degree",
        "With a translation if it is not in English.",
    ),
}


def paper_kind(name: str) -> Kind:
    wanted = WANTED[name]

    def read(params: Params, case: Case) -> Reading:
        paper, months = case.papers.get(name, Paper()), params.get("months")
        rule = wanted.rule_in(months)
        clause = f"This host asks for {rule[0].lower()}{rule[1:]}"
        fresh = _fresh(wanted, months, case.stay)
        outcome, yours, step = _standing(paper, wanted, fresh, case.stay)
        if outcome == Outcome.MET or step == NOTHING_TO_DO:
            return Reading(outcome, rule, clause, yours, step, says_when=True)
        earliest = _earliest(paper, fresh, case.stay)
        when = _when(paper, wanted, case.stay, earliest)
        step = f"{when} {wanted.note}"
        return Reading(outcome, rule, clause, yours, step, earliest, says_when=True)

    return Kind((), _newer if wanted.may_be_newer else no_params, read, Group.PAPER)


def _newer(params: Params) -> str:
    """Nothing, or in how many of the usual twelve months the paper was issued."""
    return whole("months", 1, MONTHS - 1, "months")(params) if params else ""


def _standing(paper: Paper, wanted: Wanted, fresh: dt.date, stay: Stay) -> tuple[Outcome, str, str]:
    """The outcome, the person's own paper in words, and the step where it is not to get one."""
    if paper.state == PaperState.ACCEPTED:
        return _accepted(paper, wanted, fresh, stay)
    if paper.state == PaperState.CHECKING:
        return Outcome.UNKNOWN, f"Your {wanted.name} is being checked.", NOTHING_TO_DO
    if paper.state == PaperState.REFUSED:
        return Outcome.NOT_MET, f"Your {wanted.name} was not accepted.", ""
    yours = "" if paper.state == PaperState.UNTOLD else "You have not added one."
    return Outcome.UNKNOWN, yours, ""


def _accepted(paper: Paper, wanted: Wanted, fresh: dt.date, stay: Stay) -> tuple[Outcome, str, str]:
    problem = _problem(paper, wanted, fresh, stay)
    if not problem:
        until = f" until {day(paper.valid_until)}" if paper.valid_until else ""
        return Outcome.MET, f"Your {wanted.name} is accepted{until}.", ""
    if paper.newer == PaperState.CHECKING:
        yours = f"{problem} A newer one is being checked."
        return Outcome.UNKNOWN, yours, NOTHING_TO_DO
    return Outcome.NOT_MET, problem, ""


def _problem(paper: Paper, wanted: Wanted, fresh: dt.date, stay: Stay) -> str:
    """Why an accepted paper does not serve for this stay; empty where it does."""
    if paper.valid_until is not None and paper.valid_until < stay.ends_on:
        until, last = day(paper.valid_until), day(stay.ends_on)
        return f"Your {wanted.name} counts until {until}; the rotation ends on {last}."
    issued = paper.issued_on
    if wanted.covers and issued is not None and issued > stay.starts_on:
        return f"Your {wanted.name} begins on {day(issued)}, after the start."
    if issued is not None and issued < fresh:
        return f"Your {wanted.name} is from {day(issued)}, too old on the first day."
    return ""


def _fresh(wanted: Wanted, months: int | None, stay: Stay) -> dt.date:
    """The first day of issue that is new enough on the first day of the stay."""
    if wanted.fresh_days is not None:
        return stay.starts_on - dt.timedelta(days=wanted.fresh_days)
    return first_issue(stay.starts_on, months, to_month_end=False)


def _earliest(paper: Paper, fresh: dt.date, stay: Stay) -> dt.date:
    """The first day on which the person can hold a paper that counts to the last day."""
    soon = stay.today + dt.timedelta(days=paper.lead_days)
    first = first_issue(stay.ends_on, paper.valid_months, to_month_end=paper.to_month_end)
    return max(soon, first, fresh)


def first_issue(last_on: dt.date, months: int | None, *, to_month_end: bool) -> dt.date:
    """The first day of issue from which so many months reach the day."""
    if months is None:
        return dt.date.min
    year, month = divmod(last_on.year * MONTHS + last_on.month - 1 - months, MONTHS)
    start = dt.date(year, month + 1, 1)
    if to_month_end:
        return start
    length = monthrange(start.year, start.month)[1]
    if last_on.day <= length:
        return start.replace(day=last_on.day)
    return start + dt.timedelta(days=length)  # a shorter month: its last day would end too soon


def _when(paper: Paper, wanted: Wanted, stay: Stay, earliest: dt.date) -> str:
    """Between which days to set about it; what is too late says so."""
    by = stay.starts_on - dt.timedelta(days=paper.lead_days)
    if earliest > stay.starts_on:
        return f"{wanted.get} at once: it is usually there by {day(earliest)}, after the start."
    not_before = earliest - dt.timedelta(days=paper.lead_days)
    if not_before > stay.today:
        return f"{wanted.get} between {day(earliest)} and {day(max(by, earliest))}."
    return f"{wanted.get} by {day(by)}."


PAPERS: dict[str, Kind] = {name: paper_kind(name) for name in WANTED}
# Of which a host may ask for a newer one than usual.
DATED = tuple(name for name, wanted in WANTED.items() if wanted.may_be_newer)
