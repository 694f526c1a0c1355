"""Sign-up (e-mail, password, one tick; a listing asks for the rest) and the second factor."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from allauth.account.forms import SignupForm as BaseSignupForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.http import HttpRequest
from django.utils import timezone

from usce.accounts.actions import record_consent
from usce.accounts.models import User
from usce.accounts.texts import ADULT, AGREE_TERMS, TERMS
from usce.limits.actions import check, forget

FACTOR_TRIES, FACTOR_WINDOW = 10, timedelta(minutes=15)


class SignupForm(BaseSignupForm):
    agreed = forms.BooleanField(
        label=AGREE_TERMS,
        error_messages={"required": "An account needs this tick."},
    )
    time_zone = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.HiddenInput(attrs={"data-time-zone": ""}),
    )

    field_order: tuple[str, ...] = ("email", "password1", "agreed", "time_zone")

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


class TermsForm(forms.Form):
    agreed = forms.BooleanField(
        label="I agree to the new version of the terms.",
        error_messages={"required": "Tick it to go on, or sign out."},
    )


class SignForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=180,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
        help_text=(
            "Typing it is your signature. Kept with it: the version of the text, the moment, and "
            "the network address you sign from."
        ),
        error_messages={"required": "Type your name to sign."},
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What it is for",
        max_length=80,
        help_text="So that you know which one to take back.",
        error_messages={"required": "Give it a name."},
    )


class FactorForm(AuthenticateForm):
    def clean_code(self) -> str:
        return _limited(self.user, super().clean_code)


class FactorAgainForm(ReauthenticateForm):
    def clean_code(self) -> str:
        return _limited(self.user, super().clean_code)


def _limited(user: User, look: Callable[[], str]) -> str:
    """Six digits fall to patience; allauth's limit opens while Redis is away, this one holds."""
    key, now = f"factor:{user.pk}", timezone.now()
    check(key, limit=FACTOR_TRIES, window=FACTOR_WINDOW, now=now)
    code = look()
    forget(key, window=FACTOR_WINDOW, now=now)
    return code
