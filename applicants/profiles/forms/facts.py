"""Questions about a person: only those a listing names, each with its reason and its readers."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from applicants.profiles.models import Status, VisaHeld
from usce.reference.queries import country_choices

SEEN_BY = "Providers to whom you apply see it."
YES_NO = [("yes", "Yes"), ("no", "No"), ("", "I do not want to say yet")]
BOOLEANS = {"yes": True, "no": False}


def _status() -> forms.Field:
    return forms.ChoiceField(
        label="Are you a student or a graduate?",
        choices=[*Status.choices, ("", "I do not want to say yet")],
        widget=forms.RadioSelect,
        required=False,
        help_text=f"Why we ask: hosts accept students, graduates or both. {SEEN_BY}",
    )


def _graduation_year() -> forms.Field:
    return forms.IntegerField(
        label="Year of graduation from medical school",
        min_value=1950,
        max_value=2100,
        required=False,
        help_text=f"The expected year if you still study. Why we ask: hosts set limits. {SEEN_BY}",
    )


def _school_country() -> forms.Field:
    return forms.ChoiceField(
        label="Country of your medical school",
        choices=lambda: [("", "Choose a country"), *country_choices()],
        required=False,
        help_text=f"Why we ask: it tells where your degree comes from. {SEEN_BY}",
    )


def _yes_no(label: str, why: str) -> Callable[[], forms.Field]:
    def make() -> forms.Field:
        return forms.ChoiceField(
            label=label,
            choices=YES_NO,
            widget=forms.RadioSelect,
            required=False,
            help_text=f"Why we ask: {why} {SEEN_BY}",
        )

    return make


def _visa() -> forms.Field:
    return forms.ChoiceField(
        label="Visa or status for the United States",
        choices=[("", "Choose one"), *VisaHeld.choices],
        required=False,
        help_text=(
            "Why we ask: each host lists what it accepts. What a visa allows is for the consulate "
            f"or a lawyer to say. {SEEN_BY}"
        ),
    )


QUESTIONS: dict[str, Callable[[], forms.Field]] = {
    "status": _status,
    "graduation_year": _graduation_year,
    "school_country": _school_country,
    "step1_passed": _yes_no("Have you passed USMLE Step 1?", "some hosts ask for the pass."),
    "step2_passed": _yes_no("Have you passed USMLE Step 2 CK?", "some hosts ask for the pass."),
    "ecfmg_certified": _yes_no("Are you ECFMG certified?", "some hosts prefer it."),
    "visa": _visa,
}


class FactsForm(forms.Form):
    """Asks the named facts and no others; an empty answer is allowed and means "not told"."""

    def __init__(self, *args: Any, fields: Iterable[str], **kwargs: Any) -> None:
        kwargs["initial"] = _as_answers(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name in fields:
            self.fields[name] = QUESTIONS[name]()

    def facts(self) -> dict[str, Any]:
        """The answers by fact, None where none was given."""
        return {name: _fact(value) for name, value in self.cleaned_data.items()}

    def given(self) -> dict[str, Any]:
        """Only the answers that were given."""
        return {name: value for name, value in self.facts().items() if value is not None}


class NamesForm(forms.Form):
    given_name = forms.CharField(
        max_length=90,
        required=False,
        help_text=f"As in your passport. Why we ask: an application names you. {SEEN_BY}",
    )
    family_name = forms.CharField(
        max_length=90,
        required=False,
        help_text=f"As in your passport. Why we ask: an application names you. {SEEN_BY}",
    )


def _as_answers(facts: dict[str, Any]) -> dict[str, Any]:
    words = {True: "yes", False: "no"}
    return {k: words[v] if isinstance(v, bool) else v for k, v in facts.items()}


def _fact(answer: Any) -> Any:
    return BOOLEANS.get(answer, answer) if answer != "" else None
