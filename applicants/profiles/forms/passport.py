from datetime import date, datetime
from typing import Any

from django import forms

from applicants.profiles.actions import TooYoung
from applicants.profiles.forms.exams import day_field
from applicants.profiles.numbers import is_possible
from applicants.profiles.rules import adult_on
from usce.reference.queries import country_choices

PRIVATE = "Providers do not see it."
EARLIEST = 1900
LATEST = 2100


def country_field(label: str, why: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=lambda: [("", "Choose a country"), *country_choices()],
        required=False,
        help_text=why,
    )


class PassportForm(forms.Form):
    born_on = day_field(
        "Date of birth", f"Why we ask: Rounds is for people of 18 years and over. {PRIVATE}"
    )
    nationality = country_field(
        "Nationality", f"Why we ask: to show the visa rules that apply to you. {PRIVATE}"
    )
    residence = country_field(
        "Country where you live",
        f"Why we ask: visa interviews are normally held there. {PRIVATE}",
    )
    number = forms.CharField(
        label="Passport number",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    forget_number = forms.BooleanField(label="Forget the number that is kept", required=False)
    expires_on = day_field(
        "Passport valid until",
        f"Why we ask: it must hold through the last day of a rotation. {PRIVATE}",
    )
    interview_on = day_field(
        "Day of your visa interview",
        f"Why we ask: to show which dates leave time for it. {PRIVATE}",
    )
    interview_city = forms.CharField(
        label="City of the consulate",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=f"Why we ask: an invitation letter may name it. {PRIVATE}",
    )
    interview_country = country_field(
        "Country of the consulate", f"Why we ask: an invitation letter may name it. {PRIVATE}"
    )

    def __init__(self, *args: Any, now: datetime, number_end: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = now.date()
        kept = f"Kept: a number that ends in {number_end}. Leave this empty to keep it. "
        self.fields["number"].help_text = (
            f"{kept if number_end else ''}Why we ask: so that nobody applies in your name. We keep "
            f"its last three characters and a code it cannot be read from. {PRIVATE}"
        )
        if not number_end:
            del self.fields["forget_number"]

    def clean_born_on(self) -> date | None:
        born_on: date | None = self.cleaned_data["born_on"]
        if born_on is None:
            return None
        if not born_on.year >= EARLIEST or born_on > self.today:
            raise forms.ValidationError("Give your date of birth as in the passport.")
        if adult_on(born_on) > self.today:
            raise forms.ValidationError(str(TooYoung(born_on)))
        return born_on

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number and not is_possible(number):
            raise forms.ValidationError("A passport number has 5 to 15 letters A to Z and digits.")
        return number

    def clean_expires_on(self) -> date | None:
        return self._plausible("expires_on")

    def clean_interview_on(self) -> date | None:
        return self._plausible("interview_on")

    def told(self) -> dict[str, Any]:
        """What is to be written: an empty number stays as it is unless it is to be forgotten."""
        told = dict(self.cleaned_data)
        forgets = told.pop("forget_number", False)
        if not told["number"] and not forgets:
            del told["number"]
        return told

    def _plausible(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and not self.today.year - 20 <= day.year <= LATEST:
            raise forms.ValidationError("Check the year of this day.")
        return day
