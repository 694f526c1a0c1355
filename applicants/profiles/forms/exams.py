from datetime import date, datetime
from typing import Any

from django import forms

from applicants.profiles.forms.facts import SEEN_BY
from applicants.profiles.models import Exam, ExamOutcome
from applicants.profiles.rules import has_score

LOWEST, HIGHEST = 1, 300
FIRST_DAY = date(1992, 1, 1)  # the year in which the first Step was given
BAD_DAY = "Write the day as year-month-day, for example 2026-03-31."
SCORE_WRONG = "A score is a whole number from 1 to 300."


def day_field(label: str, why: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": BAD_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=why,
    )


class AttemptForm(forms.Form):
    exam = forms.ChoiceField(label="Examination", choices=[("", "Choose one"), *Exam.choices])
    taken_on = day_field(
        "Day of the examination",
        f"Why we ask: some hosts accept a first attempt, or a recent one. {SEEN_BY}",
        required=True,
    )
    outcome = forms.ChoiceField(
        label="Result", choices=ExamOutcome.choices, widget=forms.RadioSelect
    )
    score = forms.IntegerField(
        label="Score",
        required=False,
        min_value=LOWEST,
        max_value=HIGHEST,
        error_messages={
            "invalid": SCORE_WRONG,
            "min_value": SCORE_WRONG,
            "max_value": SCORE_WRONG,
        },
        help_text=(
            "The three digits, if one is reported. Step 1 has none from 26 January 2022 on, and "
            f"OET none here. {SEEN_BY}"
        ),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = now.date()

    def clean_taken_on(self) -> date:
        day: date = self.cleaned_data["taken_on"]
        if day < FIRST_DAY or day.year > self.today.year + 2:
            raise forms.ValidationError("Give the day of the examination itself.")
        return day

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("score") is None or not told.get("exam") or not told.get("taken_on"):
            return told
        if not has_score(told["exam"], told["taken_on"]):
            self.add_error("score", "No score is reported for this examination and day.")
        elif told.get("outcome") == ExamOutcome.WAITING:
            self.add_error("score", "A score comes with the result. Leave it empty until then.")
        return told
