"""Questions of an application."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from applicants.documents.models import Document
from applicants.profiles.actions import save_facts
from applicants.profiles.forms import NamesForm
from rotations.applications.guests import Begun
from rotations.applications.models import Application
from rotations.applications.rules import LONGEST_STATEMENT
from rotations.catalog.models import Opening
from usce.accounts.forms import SignupForm
from usce.accounts.models import User
from usce.text import clean_text
from usce.ui.dates import span
from usce.ui.guarded import GuardedForm


class BeginForm(GuardedForm):
    """Dates and words: all that can be kept of somebody who has no account yet."""

    guarded = ("statement",)

    opening = forms.ModelChoiceField(
        queryset=Opening.objects.none(),
        to_field_name="public_id",
        error_messages={
            "required": "Choose your dates.",
            "invalid_choice": "These dates are no longer open. Choose others.",
        },
    )
    statement = forms.CharField(
        label="Why this rotation",
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text="A few sentences. Our reviewers and this provider see them.",
    )

    def __init__(self, *args: Any, openings: Iterable[Opening], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.openings = list(openings)
        field: Any = self.fields["opening"]
        field.queryset = Opening.objects.filter(pk__in=[o.pk for o in self.openings])

    def date_options(self) -> list[dict[str, Any]]:
        """For the date choice component; a full block stays and says so."""
        chosen = str(self["opening"].value() or "")
        return [
            {
                "value": opening.public_id,
                "label": span(opening.starts_on, opening.ends_on),
                "seats": opening.seats_left,
                "note": f"{opening.weeks} weeks",
                "checked": opening.public_id == chosen,
                "disabled": not opening.seats_left,
            }
            for opening in self.openings
        ]


class CvForm(forms.Form):
    """A CV; who has one already need not send it again."""

    cv = forms.FileField(
        required=False,
        help_text="Why we ask: every host reads it. Our reviewers and this provider see it.",
        widget=forms.ClearableFileInput(
            attrs={
                "accept": "application/pdf,.pdf",
                "data-max-bytes": settings.FILE_UPLOAD_MAX_BYTES,
            }
        ),
    )

    def __init__(self, *args: Any, cv: Document | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cv"].required = cv is None
        self.fields["cv"].label = "Another CV (PDF)" if cv else "CV (PDF)"
        self.fields["cv"].error_messages["required"] = "Add your CV as a PDF."


MOST_AT_ONCE = 100


class ApplyForm(CvForm, BeginForm):
    """Dates, CV and words of somebody who is signed in."""


class YouForm(SignupForm):
    """The account, made on the way to sending: the names it will be sent under come with it."""

    given_name = forms.CharField(
        max_length=90,
        required=False,
        help_text="As in your passport. Why we ask: an application names you.",
    )
    family_name = forms.CharField(
        max_length=90,
        help_text="As in your passport. If you have one name, write it here.",
        error_messages={"required": "Give your family name as in your passport."},
    )

    field_order: tuple[str, ...] = (
        "given_name",
        "family_name",
        "email",
        "password1",
        "agreed",
        "time_zone",
    )

    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        names = {name: self.cleaned_data[name] for name in ("given_name", "family_name")}
        save_facts(user, names, actor=user, now=timezone.now())
        return user


class PassportNames(NamesForm):
    """The name the provider will see. Who has one name gives it as family name."""

    family_name = forms.CharField(
        max_length=90,
        help_text="As in your passport. If you have one name, write it here.",
        error_messages={"required": "Give your family name as in your passport."},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="The applicant reads this.",
        error_messages={"required": "Say why: the applicant reads this sentence."},
    )


class BulkForm(ReasonForm):
    """The same decision for many; the boxes stand in the table of applicants."""

    act = forms.ChoiceField(choices=[("decline", ""), ("waitlist", "")])
    application = forms.TypedMultipleChoiceField(
        error_messages={"required": "Tick at least one applicant."}
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        chosen = data.getlist("application")[:MOST_AT_ONCE]
        choice: Any = self.fields["application"]
        choice.choices = [(public_id, "") for public_id in chosen]
        self.fields["reason"].required = data.get("act") != "waitlist"

    def sentence(self) -> str:
        """The first thing that is missing."""
        return str(next(iter(self.errors.values()))[0])


class ReviewForm(forms.Form):
    """What staff decide: completeness and rules, never merit."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[
            ("forward", "Complete and within the rules: send to the provider"),
            ("change", "Something is missing or unclear: ask for a change"),
            ("decline", "Against a rule of the listing: decline"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Needed for a change or a decline. The applicant reads this.",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("decision") in ("change", "decline") and not clean_text(told.get("reason", "")):
            self.add_error("reason", "Say why: the applicant reads this sentence.")
        return told


def initial_of(
    application: Application | None, begun: Begun | None, opening_id: str
) -> dict[str, str]:
    """What the form shows first: the draft's words, else those begun without an account.

    Dates chosen on the listing's page come before both.
    """
    if application is not None:
        chosen = opening_id or application.opening.public_id
        return {"opening": chosen, "statement": application.statement}
    if begun is not None:
        return {"opening": opening_id or begun.opening, "statement": begun.statement}
    return {"opening": opening_id}
