"""What one types into the search: read where it can be, given back where it cannot."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from applicants.profiles.models import Status
from rotations.discovery.criteria import FACETS, SORTS, TYPED, Criteria, Pairs, chosen
from usce.text import clean_line

LONGEST = 100
MONTHS = 12
BAD_DATE = "Write the day as year-month-day, for example 2027-03-31."


def _words(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, required=False)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": BAD_DATE},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _number(label: str, most: int, unit: str) -> forms.IntegerField:
    wrong = f"Write whole {unit} from 1 to {most:,}."
    errors = {"invalid": wrong, "min_value": wrong, "max_value": wrong}
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=False, error_messages=errors
    )


class SearchForm(forms.Form):
    """Reads an address into Criteria: what cannot be read says so and leaves the rest alone."""

    use_required_attribute = False
    q = _words("Words")
    earliest = _day("Starts on or after")
    latest = _day("Starts on or before")
    price = _number("Total price in dollars, at most", 1_000_000, "dollars")
    city = _words("City")
    weeks = _number("Weeks, at least", 52, "weeks")

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        typed = {name: clean_line(query.get(name, "")) for name in TYPED}
        super().__init__({name: value for name, value in typed.items() if value})
        _as_controls(self)
        self.criteria = self._read()

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        first, last = values.get("earliest"), values.get("latest")
        if first and last and last < first:
            self.add_error("latest", "This day lies before the first one.")
        return values

    def pairs(self) -> Pairs:
        """The address of this search; what could not be read stays in it as it was typed."""
        typed = {name: self.data[name][:LONGEST] for name in self.errors}
        after = self.query.get("after", "")
        readable = self.criteria.pairs()
        return [*readable, *typed.items(), *([("after", after)] if after else [])]

    def _read(self) -> Criteria:
        self.is_valid()
        typed: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        facets: dict[str, Any] = {name: chosen(name, self.query.getlist(name)) for name in FACETS}
        sort = self.query.get("sort", "")
        return Criteria(
            **typed,
            **facets,
            qualify=self.query.get("qualify") == "yes",
            sort=sort if sort in SORTS else Criteria.sort,
        )


class StartForm(forms.Form):
    """The three questions of the first page."""

    specialty = forms.ChoiceField(label="Specialty", required=False)
    month = forms.ChoiceField(label="When", required=False)
    status = forms.ChoiceField(
        label="You are", required=False, choices=[("", "Not said"), *Status.choices]
    )

    def __init__(self, *args: Any, specialties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = [("", "Any specialty"), *specialties]  # type: ignore[attr-defined]
        months = [(f"{day:%Y-%m}", f"{day:%B %Y}") for day in _months(timezone.now().date())]
        self.fields["month"].choices = [("", "Any time"), *months]  # type: ignore[attr-defined]
        _as_controls(self)

    def criteria(self) -> Criteria:
        answers = self.cleaned_data
        found = Criteria(
            specialty=chosen("specialty", [answers["specialty"]]), qualify=bool(answers["status"])
        )
        if not answers["month"]:
            return found
        first = date.fromisoformat(f"{answers['month']}-01")
        return replace(found, earliest=first, latest=_next_month(first) - timedelta(days=1))


def _as_controls(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs["class"] = "control"


def _months(today: date) -> list[date]:
    days = [today.replace(day=1)]
    while len(days) < MONTHS + 1:
        days.append(_next_month(days[-1]))
    return days


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
