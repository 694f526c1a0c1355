"""Questions around an offer."""

from datetime import date, timedelta
from typing import Any

from django import forms

from rotations.bookings.rules import OFFER_DAYS


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
