"""What staff type on their pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from payments.models import Account
from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.console.queries import SHOWN_STATES
from rotations.providers.models import Provider
from rotations.providers.states import ProviderState
from usce.notifications.events import all_events, notices_for
from usce.notifications.models import Pace
from usce.notifications.states import MailState
from usce.text import clean_line, clean_text
from usce.ui.words import word_for


def reason_field(label: str, missing: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=help_text,
        error_messages={"required": missing},
    )


class ApplicantsForm(forms.Form):
    """Narrow the table of applicants; an answer that makes no sense narrows nothing."""

    all_optional = True

    q = forms.CharField(label="Name or reference", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False)
    rotation = forms.ModelChoiceField(
        label="Rotation",
        queryset=Rotation.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="Any rotation",
    )
    starts_on = forms.DateField(label="Starts on or after", required=False)
    qualifies = forms.ChoiceField(
        label="Your requirements",
        required=False,
        choices=[("", "Any"), ("met", "All met"), ("open", "Something open")],
    )

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state: Any = self.fields["state"]
        state.choices = [("", "Any state"), *((s, word_for(s).label) for s in SHOWN_STATES)]
        rotation: Any = self.fields["rotation"]
        rotation.queryset = Rotation.objects.filter(provider=provider).order_by("title", "id")

    def wanted(self) -> dict[str, Any]:
        """The answers that make sense."""
        self.is_valid()
        told = self.cleaned_data
        names = ("state", "rotation", "starts_on", "qualifies")
        kept = {name: told[name] for name in names if told.get(name)}
        return {**kept, "words": clean_line(told.get("q", ""))}


class CloseForm(forms.Form):
    """What was done about a case that has no page of its own."""

    note = reason_field(
        "What was done", "Say what was done: it stays with the case.", "Only staff read this."
    )


class DecisionForm(forms.Form):
    """One of the decisions that the thing's state allows; a no says why."""

    VERIFY, PUBLISH, RETURN, SUSPEND = "verify", "publish", "return", "suspend"
    LABELS = {
        VERIFY: "Looked up and in order: its rotations can be public",
        PUBLISH: "In order: show it to the public",
        RETURN: "Something is missing or unclear: return it to the team",
        SUSPEND: "Take it and its rotations off the public list",
    }

    decision = forms.ChoiceField(
        label="Decision", widget=forms.RadioSelect, error_messages={"required": "Choose one."}
    )
    reason = reason_field("Reason", "", "Needed for every no. The provider's team reads this.")

    def __init__(self, *args: Any, decisions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["decision"]
        choice.choices = [(name, self.LABELS[name]) for name in decisions]
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        refuses = told.get("decision") in (self.RETURN, self.SUSPEND)
        if refuses and not clean_text(told.get("reason", "")):
            self.add_error("reason", "Say why: the provider's team reads this sentence.")
        return told


OF_PROVIDER: dict[str, tuple[str, ...]] = {
    ProviderState.DRAFT: (),
    ProviderState.SUBMITTED: (DecisionForm.VERIFY, DecisionForm.RETURN),
    ProviderState.VERIFIED: (DecisionForm.SUSPEND,),
    ProviderState.SUSPENDED: (DecisionForm.VERIFY,),
}
OF_LISTING: dict[str, tuple[str, ...]] = {
    RotationState.IN_REVIEW: (DecisionForm.PUBLISH, DecisionForm.RETURN)
}


class LicenseForm(forms.Form):
    """What was found in the state board's own register."""

    checked_on = forms.DateField(label="Looked up on")
    source = forms.CharField(
        label="Where", max_length=200, help_text="The register's name or address."
    )
    next_check_on = forms.DateField(label="Next look-up")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        checked_on, next_on = told.get("checked_on"), told.get("next_check_on")
        if checked_on and checked_on > self.today:
            self.add_error("checked_on", "This day has not come yet.")
        if checked_on and next_on and next_on <= checked_on:
            self.add_error("next_check_on", "The next look-up comes after this one.")
        return told


class PeopleSearch(forms.Form):
    all_optional = True

    q = forms.CharField(
        label="Name, e-mail or reference",
        max_length=100,
        help_text="R-1042 finds who sent that application.",
        error_messages={"required": "Write a name, an e-mail address or a reference."},
    )


class PlaceSearch(forms.Form):
    all_optional = True

    q = forms.CharField(label="Name of the provider", max_length=100, required=False)
    region = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["region"]
        choice.choices = [("", "Every state"), *regions]


class AuditSearch(forms.Form):
    """Every answer narrows the list; none is needed."""

    all_optional = True

    actor = forms.CharField(
        label="Who",
        max_length=254,
        required=False,
        help_text="An e-mail address, or system for what the service did by itself.",
    )
    target = forms.CharField(
        label="On what",
        max_length=80,
        required=False,
        help_text="R-1042, or a type like cases.case, or type and number.",
    )
    verb = forms.CharField(
        label="What", max_length=80, required=False, help_text="A part of it, like claimed."
    )
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day is not before the first.")
        return told


class MailSearch(forms.Form):
    all_optional = True

    event = forms.ChoiceField(label="Event", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Every state"), *MailState.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["event"]
        choice.choices = [("", "Every event"), *((e.name, e.name) for e in all_events())]


class NoticesForm(forms.Form):
    """The class, the pace, and each event of the class by itself."""

    notices = forms.BooleanField(
        label="Send me notices by mail",
        required=False,
        help_text="Small news that asks nothing of you, such as a paper that was accepted.",
    )
    pace = forms.ChoiceField(
        label="When they come",
        choices=Pace.choices,
        widget=forms.RadioSelect,
        help_text="By the clock of your time zone.",
        error_messages={"required": "Choose one."},
    )

    def __init__(self, *args: Any, audiences: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events = notices_for(audiences)
        for event in self.events:
            self.fields[event.name] = forms.BooleanField(label=event.about, required=False)

    @property
    def kinds(self) -> list[forms.BoundField]:
        return [self[event.name] for event in self.events]


class DeleteForm(forms.Form):
    sure = forms.BooleanField(
        label="I have read what ends and what stays.",
        error_messages={"required": "Tick it to go on."},
    )


class HoldForm(forms.Form):
    """Why somebody's data has to stay, and until when."""

    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="The person reads this sentence.",
        error_messages={"required": "Say why: the person reads this sentence."},
    )
    ends_on = forms.DateField(
        label="Until",
        help_text="At most a year from today; it can be placed again.",
        error_messages={"required": "Say until when."},
    )


class RemittanceForm(forms.Form):
    bank_reference = forms.CharField(label="Bank reference", max_length=80)
    sent_on = forms.DateField(label="Sent on")


class RebuttalForm(forms.Form):
    all_optional = True

    rebuttal = forms.CharField(
        label="Our words to the bank",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Plainly what was agreed and what happened. The evidence above goes with it.",
    )


class ExplainForm(forms.Form):
    note = forms.CharField(
        label="Why no entry is needed", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RepairForm(forms.Form):
    account = forms.ChoiceField(
        label="Where the difference belongs",
        choices=[(a.value, a.label) for a in Account if a != Account.STRIPE_BALANCE],
    )
    note = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
