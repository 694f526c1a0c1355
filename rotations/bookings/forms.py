"""Questions around an offer."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from rotations.bookings.reasons import OWN
from rotations.bookings.rules import OFFER_DAYS
from usce.reference.queries import country_choices


class OfferForm(forms.Form):
    """Until when the offer stands; within the days that the rule allows."""

    until_on = forms.DateField(
        label="The applicant decides by",
        widget=forms.DateInput(),
        help_text="2 to 14 days from today. The offer ends at 17:00 at the site on that day.",
        error_messages={"required": "Choose the last day of the offer."},
    )

    def __init__(self, *args: Any, today: date, starts_on: date, **kwargs: Any) -> None:
        day_before = starts_on - timedelta(days=1)
        last = min(today + timedelta(days=OFFER_DAYS[-1]), day_before)
        kwargs.setdefault("initial", {"until_on": min(today + timedelta(days=7), last)})
        super().__init__(*args, **kwargs)
        attrs = self.fields["until_on"].widget.attrs
        attrs["min"] = (today + timedelta(days=OFFER_DAYS[0])).isoformat()
        attrs["max"] = last.isoformat()


class AcceptForm(forms.Form):
    """Unticked until the person ticks it; the sentence around it names sums and dates."""

    agreed = forms.BooleanField(
        label="I have read the refund terms above and agree to them.",
        required=False,
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why the offer is withdrawn",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="The applicant reads this.",
        error_messages={"required": "Say why: the applicant reads this sentence."},
    )


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why do you cancel?",
        choices=[(reason.value, reason.label) for reason in OWN],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason."},
    )


class WordsForm(forms.Form):
    """The second screen: hidden, what the person has seen."""

    reason = forms.CharField(widget=forms.HiddenInput)
    expected_cents = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    words = forms.CharField(
        label="Anything to add",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="Our staff and the provider may read it.",
    )


class HostCancelForm(forms.Form):
    expected_cents = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    words = forms.CharField(
        label="Why the booking is canceled",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="The applicant reads this.",
        error_messages={"required": "Say why: the applicant reads this sentence."},
    )


class ProofForm(forms.Form):
    """Accepting confirms the sum that was seen; declining says why."""

    expected_cents = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    answer = forms.CharField(
        label="Why the paper does not count",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="The applicant reads this.",
    )

    def __init__(self, *args: Any, decision: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.fields["expected_cents"].required = decision == "accept"
        self.fields["answer"].required = decision == "decline"
        self.fields["answer"].error_messages["required"] = "Say why: the applicant reads this."

    def clean(self) -> dict[str, Any]:
        if self.decision not in ("accept", "decline"):
            raise forms.ValidationError("Choose one of the two decisions.")
        return super().clean() or {}


class PartForm(forms.Form):
    """Empty: all that is left. In dollars, as people write it."""

    part = forms.DecimalField(
        label="Pay a part, in U.S. dollars",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text="At least $200; what is left after it is at least $200 too.",
    )

    def cents(self) -> int | None:
        part = self.cleaned_data["part"]
        return None if part is None else int(part * 100)


class PayerForm(forms.Form):
    name = forms.CharField(
        label="Name of the payer",
        max_length=200,
        help_text="A person or a school; a refund goes back to it.",
    )
    email = forms.EmailField(label="E-mail of the payer")
    residence = forms.ChoiceField(
        label="Country where the payer lives",
        choices=lambda: [("", "Choose a country"), *country_choices()],
        help_text="Why we ask: from a few countries no payment may be taken. It is not kept.",
        error_messages={"required": "Choose the country."},
    )
