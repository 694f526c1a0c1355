"""Questions around an offer."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from payments.actions.checkout import Share
from rotations.bookings.reasons import OWN
from rotations.bookings.rules import OFFER_DAYS
from rotations.catalog.models import Rotation
from rotations.providers.models import Provider
from usce.reference.queries import country_choices
from usce.ui.guarded import GuardedForm

CODE = re.compile(r"[A-Z0-9]{4,20}")


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
    way = forms.ChoiceField(choices=[("card", "card"), ("credit", "credit")], required=False)
    words = forms.CharField(
        label="Anything to add",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="Our staff and the provider may read it.",
    )


class CreditForm(forms.Form):
    """The sum that the button named."""

    cents = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


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

    keeps_card = forms.BooleanField(
        label="Charge this card when the balance is due", required=False
    )

    def cents(self) -> int | None:
        part = self.cleaned_data["part"]
        return None if part is None else int(part * 100)

    def share(self) -> Share:
        """What is no sum of money is refused like one that is too small."""
        if not self.is_valid():
            return Share(cents=0)
        return Share(self.cents(), keeps_card=self.cleaned_data["keeps_card"])


class CodeForm(forms.Form):
    """In an address, so that the price with the coupon can be looked at before anything is done."""

    coupon = forms.CharField(
        label="Coupon code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text="Only if you were given one. It is used once you accept.",
    )


class CouponForm(forms.Form):
    """A new coupon of a provider; what it takes off is a percentage or a fixed sum."""

    code = forms.CharField(
        label="Code",
        help_text="4 to 20 letters and digits, such as ALUMNI2027.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    percent = forms.IntegerField(
        label="Percent", min_value=1, max_value=100, required=False, help_text="Or a sum, below."
    )
    dollars = forms.DecimalField(
        label="Sum in U.S. dollars",
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )
    starts_on = forms.DateField(label="First day", widget=forms.DateInput())
    ends_on = forms.DateField(
        label="Last day", widget=forms.DateInput(), help_text="Each day is the day at the site."
    )
    most_uses = forms.IntegerField(
        label="Bookings with it at most", min_value=1, max_value=10_000, initial=20
    )
    most_per_person = forms.IntegerField(
        label="Of one person at most", min_value=1, max_value=20, initial=1
    )
    rotation = forms.ModelChoiceField(
        label="Only for", queryset=Rotation.objects.none(), required=False,
        empty_label="All rotations of the organization",
    )  # fmt: skip

    def __init__(self, *args: Any, rotations: QuerySet[Rotation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rotation"].queryset = rotations  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = "".join(str(self.cleaned_data["code"]).split()).upper()
        if not CODE.fullmatch(code):
            raise forms.ValidationError("Write 4 to 20 letters and digits, nothing else.")
        return code

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if (told.get("percent") is None) == (told.get("dollars") is None) and not self.errors:
            self.add_error("percent", "Write a percentage or a sum, one of the two.")
        first, last = told.get("starts_on"), told.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day comes after the first.")
        return told

    def cents(self) -> int | None:
        dollars = self.cleaned_data["dollars"]
        return None if dollars is None else int(dollars * 100)


class RoundsCouponForm(CouponForm):
    """One of Rounds itself: for everybody's rotations, or those of one organization."""

    provider = forms.SlugField(
        label="Only for the organization",
        required=False,
        help_text="The last part of its page's address; empty: for all.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, rotations=Rotation.objects.none(), **kwargs)
        del self.fields["rotation"]

    def clean_provider(self) -> Provider | None:
        slug = self.cleaned_data["provider"]
        found = Provider.objects.filter(slug=slug).first() if slug else None
        if slug and found is None:
            raise forms.ValidationError("There is no organization at this address.")
        return found


class WaiverForm(GuardedForm):
    text = forms.CharField(
        label="Why the fee is more than you can bear",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="Two or three sentences, without your name, number or address.",
        error_messages={"required": "Say in two or three sentences why."},
    )


class WaiverReviewForm(forms.Form):
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[("waive", "Waive the fee"), ("keep", "Do not waive it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="Kept with your decision. The applicant does not read it.",
    )


class BudgetForm(forms.Form):
    year = forms.IntegerField(label="Year")
    dollars = forms.DecimalField(
        label="Set aside, in U.S. dollars",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = year
        self.fields["year"].validators += [MinValueValidator(year), MaxValueValidator(year + 1)]

    def cents(self) -> int:
        return int(self.cleaned_data["dollars"] * 100)


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
