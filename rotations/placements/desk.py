"""A host's page about learners' days: its forms, and what they do. One for link and team alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from rotations.placements.actions import Host, add_make_up, pause_days, settle_days
from rotations.placements.forms import DaysForm, MakeUpForm, PauseForm
from rotations.placements.models import Day, Placement
from rotations.placements.queries import preceptors_beside
from rotations.placements.tally import Tally


@dataclass(frozen=True)
class Learner:
    placement: Placement
    days: list[Day]
    tally: Tally


@dataclass(frozen=True)
class Line:
    learner: Learner
    days: DaysForm
    make_up: MakeUpForm
    pause: PauseForm


class Desk:
    """`data` is what was posted: `what` says which form, `learner` whose it is."""

    def __init__(
        self, learners: Sequence[Learner], *, host: Host, now: datetime, data: Any = None
    ) -> None:
        self.host, self.now = host, now
        self.what = data.get("what", "") if data is not None else ""
        self.whose = data.get("learner", "") if data is not None else ""
        self.are_all_here = bool(data.get("all")) if data is not None else False
        beside = preceptors_beside([learner.placement for learner in learners])
        self.lines = [self._line(learner, beside, data) for learner in learners]

    @property
    def is_asked(self) -> bool:
        """Whether there is any day to settle."""
        return any(line.learner.days for line in self.lines)

    @property
    def errors(self) -> list[forms.Form]:
        return [form for form in self._sent() if form.errors]

    def save(self) -> str:
        """What was done, in a sentence; empty when a form has to be mended. Raises Refused."""
        sent = self._sent()
        if not sent or not all(form.is_valid() for form in sent):
            return ""
        if self.what == "days":
            return self._settle()
        line = next(line for line in self.lines if self._is_of(line))
        return self._add(line) if self.what == "make_up" else self._pause(line)

    def _settle(self) -> str:
        """All of the page or nothing, in one order so that nobody waits for another crosswise."""
        changed = 0
        with transaction.atomic():
            for line in sorted(self.lines, key=lambda line: line.learner.placement.booking_id):
                marks = line.days.marks(are_all_here=self.are_all_here)
                if marks:
                    placement = line.learner.placement
                    done = settle_days(placement, marks, host=self.host, now=self.now)
                    changed += len(done)
        if not changed:
            return "Nothing was left to save."
        return f"{changed} day{'s are' if changed > 1 else ' is'} saved."

    def _add(self, line: Line) -> str:
        form, placement = line.make_up, line.learner.placement
        day_on, minutes = form.cleaned_data["day_on"], form.minutes()
        add_make_up(placement, day_on, minutes=minutes, host=self.host, now=self.now)
        return "The day is added, and the learner is told."

    def _pause(self, line: Line) -> str:
        told = line.pause.cleaned_data
        placement, ends = line.learner.placement, (told["first_on"], told["last_on"])
        pause_days(placement, *ends, why=told["why"], host=self.host, now=self.now)
        return "These days are taken out, and the learner is told."

    def _line(self, learner: Learner, beside: dict[int, list[Any]], data: Any) -> Line:
        placement = learner.placement
        mine = self.whose == placement.public_id
        preceptors = beside[placement.booking.offer.preceptor.provider_id]
        return Line(
            learner=learner,
            days=DaysForm(
                data if self.what == "days" else None,
                placement=placement,
                days=learner.days,
                preceptors=preceptors,
            ),
            make_up=MakeUpForm(
                data if self.what == "make_up" and mine else None, placement=placement
            ),
            pause=PauseForm(data if self.what == "pause" and mine else None, placement=placement),
        )

    def _sent(self) -> list[forms.Form]:
        if self.what == "days":
            return [line.days for line in self.lines if line.learner.days]
        name = {"make_up": "make_up", "pause": "pause"}.get(self.what, "")
        return [getattr(line, name) for line in self.lines if name and self._is_of(line)]

    def _is_of(self, line: Line) -> bool:
        return line.learner.placement.public_id == self.whose
