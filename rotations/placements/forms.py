"""What hosts and learners say about days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

from rotations.placements.actions import Mark
from rotations.placements.models import Day, Placement
from rotations.placements.rules import LONGEST, SHORTEST
from rotations.placements.states import DAY, MISSED, DayState
from rotations.providers.models import Preceptor
from usce.ui.dates import day as in_words
from usce.ui.guarded import GuardedForm

LABELS = {
    DayState.CONFIRMED: "Was there",
    DayState.ABSENT: "Was absent",
    DayState.PAUSED: "No rotation that day",
    DayState.PLANNED: "A day of the rotation again",
}
LATER = "Decide later"
HOUR = 60


def hours_field(minutes: int, **attrs: str) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25", **attrs})
    return forms.DecimalField(
        label="Hours",
        required=False,
        min_value=Decimal(SHORTEST) / HOUR,
        max_value=Decimal(LONGEST) / HOUR,
        max_digits=4,
        decimal_places=2,
        initial=f"{minutes / HOUR:g}",
        widget=widget,
    )


@dataclass(frozen=True)
class DayRow:
    day: Day
    state: BoundField
    hours: BoundField
    was: BoundField


class DaysForm(GuardedForm):
    """How each day of one learner was. Each carries the state in which the page showed it."""

    guarded: ClassVar[tuple[str, ...]] = ("why",)
    attending = forms.ChoiceField(label="Supervised by", required=False)
    why = forms.CharField(
        label="Why a day was missed",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text="Only where one was. The learner reads it.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        placement: Placement,
        days: Sequence[Day],
        preceptors: Sequence[Preceptor],
    ) -> None:
        self.days, self.preceptors = days, {one.public_id: one for one in preceptors}
        self._add_days(days)
        super().__init__(data, prefix=placement.public_id)
        self.fields.update(self._of_days)
        chosen: Any = self.fields["attending"]
        chosen.choices = [(pid, str(one)) for pid, one in self.preceptors.items()]
        chosen.initial = placement.booking.offer.preceptor.public_id

    def rows(self) -> list[DayRow]:
        return [
            DayRow(day, *(self[f"{name}_{day.public_id}"] for name in ("state", "hours", "was")))
            for day in self.days
        ]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        missed = any(
            mark.state in MISSED for mark in self._marks(told, are_all_here=False).values()
        )
        if missed and not told.get("why") and "why" not in self.errors:
            self.add_error("why", "Say why a day was missed: the learner reads it.")
        return told

    def marks(self, *, are_all_here: bool) -> dict[str, Mark]:
        """By day what was chosen; with `are_all_here` what was left open counts as attended."""
        return self._marks(self.cleaned_data, are_all_here=are_all_here)

    def _marks(self, told: Mapping[str, Any], *, are_all_here: bool) -> dict[str, Mark]:
        found = {}
        for day in self.days:
            was = told.get(f"was_{day.public_id}") or day.state
            state = told.get(f"state_{day.public_id}") or (
                DayState.CONFIRMED if are_all_here and was == DayState.PLANNED else ""
            )
            if state and state != was:
                hours = told.get(f"hours_{day.public_id}")
                found[day.public_id] = Mark(
                    state=state,
                    was=was,
                    minutes=round(hours * HOUR) if hours else None,
                    attending=self.preceptors.get(told.get("attending", "")),
                    why=told.get("why", ""),
                )
        return found

    def _add_days(self, days: Sequence[Day]) -> None:
        self._of_days: dict[str, forms.Field] = {}
        for day in days:
            name = in_words(day.day_on)
            select = forms.Select(attrs={"class": "control", "aria-label": f"How {name} was"})
            told = {"class": "control", "aria-label": f"Hours on {name}"}
            self._of_days |= {
                f"state_{day.public_id}": forms.ChoiceField(
                    choices=_choices(day), required=False, initial=_initial(day), widget=select
                ),
                f"hours_{day.public_id}": hours_field(day.minutes or day.planned_minutes, **told),
                f"was_{day.public_id}": forms.CharField(
                    required=False, initial=day.state, widget=forms.HiddenInput
                ),
            }


def _choices(day: Day) -> list[tuple[str, str]]:
    """What the day can become; the one that is settled stays as it is unless another is chosen."""
    ways = [(state, LABELS[state]) for state in DayState if state in DAY[DayState(day.state)]]
    stays = (
        ("", LATER) if day.state == DayState.PLANNED else (day.state, LABELS[DayState(day.state)])
    )
    return [stays, *ways]


def _initial(day: Day) -> str:
    """Who has checked in was there, unless the host says otherwise."""
    if day.state != DayState.PLANNED:
        return str(day.state)
    return DayState.CONFIRMED if hasattr(day, "check_in") else ""


class MakeUpForm(forms.Form):
    day_on = forms.DateField(
        label="Day to add", widget=forms.DateInput(), error_messages={"required": "Choose a day."}
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, prefix=f"make-up-{placement.public_id}")
        self.fields["hours"] = hours_field(8 * HOUR)

    def minutes(self) -> int:
        return round((self.cleaned_data["hours"] or Decimal(8)) * HOUR)


class PauseForm(GuardedForm):
    guarded: ClassVar[tuple[str, ...]] = ("why",)
    first_on = forms.DateField(
        label="From", widget=forms.DateInput(), error_messages={"required": "Choose a day."}
    )
    last_on = forms.DateField(
        label="Through", widget=forms.DateInput(), error_messages={"required": "Choose a day."}
    )
    why = forms.CharField(
        label="Why",
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text="The learner reads it.",
        error_messages={"required": "Say why: the learner reads it."},
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, prefix=f"pause-{placement.public_id}")


class CheckInForm(forms.Form):
    """`at` comes only from the script: when the button was pressed, by the device's clock."""

    day = forms.CharField(max_length=40)
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%fZ"])


class ObjectionForm(GuardedForm):
    guarded: ClassVar[tuple[str, ...]] = ("words",)
    words = forms.CharField(
        label="What was different",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Where you were, and who can say so. Our staff and the host may read it.",
        error_messages={"required": "Say what was different."},
    )


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Decision",
        choices=[
            ("upheld", "The day counts as attended"),
            ("declined", "It stays as it was recorded"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    answer = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="The learner reads this.",
        error_messages={"required": "Say why: the learner reads this."},
    )
