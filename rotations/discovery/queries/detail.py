"""Everything the rotation page shows, gathered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from applicants.profiles.queries import FACTS
from rotations.catalog.models import Duty, DutyName, Opening, Place, Rotation
from rotations.catalog.queries import upcoming_openings
from rotations.catalog.rules import RefundStep, steps_ahead
from rotations.catalog.states import RotationState
from rotations.catalog.terms import freeze_terms, refund_steps, tax_for
from rotations.catalog.verdicts import case_of, stay_of, undated_stay
from rotations.conversations.models import Question
from rotations.conversations.queries import AnswerTime, answer_time, public_answers
from rotations.eligibility.queries import PASSPORT_LEAD_DAYS, Person
from rotations.eligibility.rules import (
    Case,
    Finding,
    Group,
    Verdict,
    VerdictOutcome,
    facts_asked,
    first_fit,
    judge,
)
from rotations.eligibility.rules.notices import Notice, notices, refusal_of
from rotations.providers.queries import PreceptorLine, preceptor_line
from usce.accounts.models import User
from usce.reference.models import TaxRate
from usce.ui.dates import span

MOST_DATES = 40


@dataclass(frozen=True)
class Dated:
    """An opening with the refund dates still ahead, in money."""

    opening: Opening
    terms: dict[str, Any]
    steps: list[RefundStep]


@dataclass(frozen=True)
class MatrixRow:
    duty: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Matrix:
    """What is done where and how far, in words."""

    places: list[str]
    rows: list[MatrixRow]


@dataclass(frozen=True)
class Detail:
    rotation: Rotation
    preceptor: PreceptorLine
    asked: list[str]
    known: Mapping[str, Any]
    verdict: Verdict
    other_dates: Opening | None
    notices: list[Notice]
    refusal: str
    dates: list[Dated]
    chosen: Dated | None
    balance_due_on: date | None
    matrix: Matrix
    answers: list[Question]
    answer_time: AnswerTime | None
    is_preview: bool = False

    @property
    def papers(self) -> list[Finding]:
        """The findings about papers: they are shown apart, with when they are due."""
        return [finding for finding in self.verdict.findings if finding.group == Group.PAPER]

    @property
    def conditions(self) -> list[Finding]:
        return [finding for finding in self.verdict.findings if finding.group != Group.PAPER]

    @property
    def told(self) -> bool:
        """Whether any fact that this listing asks for is known."""
        return any(name in self.known for name in self.asked)

    @property
    def is_open(self) -> bool:
        is_public = self.is_preview or self.rotation.state == RotationState.PUBLISHED
        return is_public and self.chosen is not None

    @property
    def can_start(self) -> bool:
        """Whether to offer applying: dates are open and no answer stands against it."""
        speaks_against = self.verdict.outcome == VerdictOutcome.CANNOT_APPLY
        return self.is_open and not speaks_against and not self.refusal

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self.chosen.terms["lines"]) if self.chosen else []

    @property
    def options(self) -> list[dict[str, Any]]:
        return [_option(dated.opening, chosen=dated is self.chosen) for dated in self.dates]


def detail(
    rotation: Rotation,
    viewer: User | AnonymousUser,
    person: Person,
    *,
    opening_id: str,
    now: datetime,
) -> Detail:
    """`opening_id` is the public id of the dates looked at; otherwise the soonest with a seat."""
    today = now.date()
    openings = list(upcoming_openings(rotation, today)[:MOST_DATES])
    tax = tax_for(rotation, now)
    dates = [_dated(rotation, opening, tax, now) for opening in openings]
    chosen = _chosen(dates, opening_id)
    stay = stay_of(chosen.opening, today) if chosen else undated_stay(rotation, today)
    case = case_of(rotation, stay, person)
    verdict = judge(case)
    return Detail(
        rotation=rotation,
        preceptor=preceptor_line(rotation.preceptor, viewer),
        asked=[name for name in facts_asked(case.rules) if name in FACTS],
        known=person.known,
        verdict=verdict,
        other_dates=_other_dates(case, verdict, dates),
        notices=_notices(case, person, in_person=rotation.is_in_person),
        refusal=_refusal(rotation, person, today),
        dates=dates,
        chosen=chosen,
        balance_due_on=_due(chosen, today),
        matrix=_matrix(rotation),
        answers=list(public_answers(rotation)),
        answer_time=answer_time(rotation.provider),
    )


def _other_dates(case: Case, verdict: Verdict, dates: list[Dated]) -> Opening | None:
    """The first dates with a seat that fit, where those looked at do not."""
    if verdict.outcome != VerdictOutcome.CANNOT_APPLY:
        return None
    stays = {stay_of(d.opening, case.stay.today): d.opening for d in dates if d.opening.seats_left}
    fits = first_fit(case.rules, case.facts, stays, case.papers)
    return stays[fits] if fits else None


def _notices(case: Case, person: Person, *, in_person: bool) -> list[Notice]:
    return notices(
        person.private,
        case.stay,
        in_person=in_person,
        visa=case.facts.visa,
        lead_days=PASSPORT_LEAD_DAYS,
    )


def _refusal(rotation: Rotation, person: Person, today: date) -> str:
    return "" if rotation.is_in_person else refusal_of(person.private.residence, today, "remote")


def _matrix(rotation: Rotation) -> Matrix:
    """Only the places of this rotation; a duty without a cell is not done there."""
    cells = {(cell.duty, cell.place): cell for cell in rotation.matrix.all()}
    places = [place for place in Place if any(where == place for _duty, where in cells)]
    rows = [
        MatrixRow(duty.label, [(p.label, _level(cells.get((duty, p)))) for p in places])
        for duty in DutyName
    ]
    return Matrix([place.label for place in places], rows if places else [])


def _level(cell: Duty | None) -> str:
    return cell.get_level_display() if cell else "No"


def _dated(rotation: Rotation, opening: Opening, tax: TaxRate | None, now: datetime) -> Dated:
    terms = freeze_terms(rotation, opening, tax=tax)
    zone = rotation.site.time_zone
    steps = refund_steps(terms, starts_on=opening.starts_on, zone=zone)
    return Dated(opening, terms, steps_ahead(steps, now))


def _chosen(dates: list[Dated], opening_id: str) -> Dated | None:
    free = [dated for dated in dates if dated.opening.seats_left]
    asked = [dated for dated in free if dated.opening.public_id == opening_id]
    return next(iter(asked or free), None)


def _due(chosen: Dated | None, today: date) -> date | None:
    """The day the balance is due; none when it has passed, the balance is then due at once."""
    due = date.fromisoformat(chosen.terms["balance_due_on"]) if chosen else today
    return due if due > today else None


def _option(opening: Opening, *, chosen: bool) -> dict[str, Any]:
    return {
        "value": opening.public_id,
        "label": span(opening.starts_on, opening.ends_on),
        "seats": opening.seats_left,
        "note": f"{opening.weeks} week{'' if opening.weeks == 1 else 's'}",
        "checked": chosen,
        "disabled": not opening.seats_left,
    }
