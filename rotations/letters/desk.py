"""The writer's page: its forms, and what they do."""

from datetime import datetime
from typing import Any

from django import forms

from rotations.letters.actions import (
    accept_letter,
    decline_letter,
    resume_mails,
    say_submitted,
    stop_mails,
)
from rotations.letters.forms import AcceptForm, AnswerForm, DeclineForm
from rotations.letters.models import Letter
from rotations.letters.states import LetterState

QUIET = {"stop": stop_mails, "resume": resume_mails}


class Desk:
    """`data` is what was posted: `what` says which form."""

    def __init__(self, letter: Letter, data: Any = None) -> None:
        self.letter = letter
        self.what = data.get("what", "") if data is not None else ""
        self.accept = AcceptForm(self._of("accept", data), letter=letter)
        self.decline = DeclineForm(self._of("decline", data), letter=letter)
        self.submit = AnswerForm(
            self._of("submit", data), prefix="submit", initial={"was": letter.state}
        )

    @property
    def errors(self) -> list[forms.Form]:
        return [form for form in (self.accept, self.decline, self.submit) if form.errors]

    @property
    def is_asked(self) -> bool:
        return self.letter.state == LetterState.REQUESTED

    @property
    def is_accepted(self) -> bool:
        return self.letter.state == LetterState.ACCEPTED

    def save(self, now: datetime) -> str:
        """What was done, in a sentence; empty when a form has to be mended. Raises Refused."""
        if self.what in QUIET:
            QUIET[self.what](self.letter, now=now)
            return "Saved."
        form = {"accept": self.accept, "decline": self.decline, "submit": self.submit}.get(
            self.what
        )
        if form is None or not form.is_valid():
            return ""
        told = form.cleaned_data
        if form is self.accept:
            can_do = told.get("can_do", [])
            accept_letter(self.letter, was=told["was"], can_do=can_do, note=told["note"], now=now)
            return "Thank you. The learner is told that you will write."
        if form is self.decline:
            another = self.decline.another()
            decline_letter(self.letter, was=told["was"], why=told["why"], another=another, now=now)
            return "Thank you. The learner is told, without a reason."
        say_submitted(self.letter, was=told["was"], now=now)
        return "Thank you. The learner is told that it was submitted."

    def _of(self, what: str, data: Any) -> Any:
        return data if self.what == what else None
