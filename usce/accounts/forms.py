"""Sign-up: e-mail, password, one tick. Everything else is asked when a listing needs it."""

from zoneinfo import ZoneInfo, available_timezones

from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms
from django.http import HttpRequest
from django.utils import timezone

from usce.accounts.actions import record_consent
from usce.accounts.models import User
from usce.accounts.texts import ADULT, TERMS


class SignupForm(BaseSignupForm):
    agreed = forms.BooleanField(
        label="I am 18 or over and agree to the terms (draft of November 2026).",
        error_messages={"required": "An account needs this tick."},
    )
    time_zone = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.HiddenInput(attrs={"data-time-zone": ""}),
    )

    field_order = ("email", "password1", "agreed", "time_zone")

    def clean_time_zone(self) -> str:
        """The browser's zone if it is one; nobody types this."""
        zone: str = self.cleaned_data["time_zone"]
        return ZoneInfo(zone).key if zone in available_timezones() else "UTC"

    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        user.time_zone = self.cleaned_data["time_zone"]
        user.save(update_fields=["time_zone"])
        now, address = timezone.now(), request.META.get("REMOTE_ADDR")
        for purpose, version in (("terms", TERMS), ("adult", ADULT)):
            record_consent(user, purpose, version, ip_address=address, now=now)
        return user
