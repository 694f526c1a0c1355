"""What people type about an organization, its team, its places and its physicians."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator

from rotations.providers.models import (
    Preceptor,
    Provider,
    ProviderKind,
    Role,
    Shown,
    Site,
    SiteKind,
)
from rotations.providers.rules import npi_is_possible
from usce.accounts.models import User
from usce.accounts.texts import AGREE_TERMS
from usce.reference.models import Specialty, State
from usce.reference.queries import place_of_zip
from usce.text import clean_line

LAST_DIGITS = 4
NPI_WRONG = (
    "This is not a possible NPI: it has ten digits, and the last one checks the others. "
    "Look it up at npiregistry.cms.hhs.gov."
)


class Line(forms.CharField):
    """One line of people's words, in their own direction."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"dir": "auto"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        return str(super().clean(clean_line(value) if isinstance(value, str) else value))


class ShownForm(forms.Form):
    """The preceptor's own answer; nothing is chosen for him."""

    shown = forms.ChoiceField(
        label="Who may see your name before a booking?",
        choices=Shown.choices,
        widget=forms.RadioSelect,
        help_text=(
            "A person who gets an offer always sees who supervises before paying. Your e-mail "
            "address and license number are never shown."
        ),
    )


class JoinForm(forms.Form):
    """Who has an account already says only what the person is called there."""

    title = Line(
        label="Your role there",
        max_length=80,
        help_text="As your colleagues call it: program coordinator, practice manager, physician.",
        error_messages={"required": "Say what you do there."},
    )


class AccountForm(JoinForm):
    """An account in the same step; the link proved the address."""

    full_name = Line(
        label="Your name",
        max_length=180,
        error_messages={"required": "Give your name."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, and not a common password.",
        error_messages={"required": "Choose a password."},
    )
    agreed = forms.BooleanField(
        label=AGREE_TERMS,
        error_messages={"required": "An account needs this tick."},
    )
    field_order = ("full_name", "title", "password", "agreed")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        person = User(email=self.email, full_name=told.get("full_name", ""))
        if told.get("password"):
            try:
                validate_password(told["password"], person)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return told


class FoundForm(JoinForm):
    """Who begins without an invitation."""

    name = Line(
        label="Name of the organization",
        max_length=160,
        help_text="The clinic, hospital or practice where learners go.",
        error_messages={"required": "Give the name of the organization."},
    )
    field_order = ("name", "title")


class InviteProviderForm(forms.Form):
    name = Line(label="Name of the organization", max_length=160)
    email = forms.EmailField(label="E-mail address of its first owner")


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", error_messages={"required": "Give the address to write to."}
    )
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.COORDINATOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Role.choices)


class SiteForm(forms.Form):
    """A place where learners go; its time zone comes from the ZIP code."""

    name = Line(label="Name of the site", max_length=160)
    kind = forms.ChoiceField(label="Kind of site", choices=SiteKind.choices)
    street = Line(label="Street and number", max_length=160)
    city = Line(label="City", max_length=80)
    region = forms.ModelChoiceField(
        label="State", queryset=State.objects.all(), empty_label="Choose a state"
    )
    zip = forms.CharField(
        label="ZIP code",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
        validators=[RegexValidator(r"\A[0-9]{5}\Z", "A ZIP code has five digits.")],
        help_text="Deadlines and first days follow the time zone of this place.",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        region, code = told.get("region"), told.get("zip")
        if not region or not code:
            return told
        found = place_of_zip(code)
        if found is not None and found.state_id != region.pk:
            self.add_error("zip", f"ZIP {code} lies in {found.state.name}, not in {region.name}.")
        told["time_zone"] = found.time_zone if found else region.time_zone
        return told


class PlaceForm(SiteForm):
    """The organization and its first site in one step."""

    name = Line(
        label="Name of the organization",
        max_length=160,
        error_messages={"required": "Give the name of the organization."},
    )
    kind = forms.ChoiceField(
        label="What it is",
        choices=ProviderKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    website = forms.URLField(
        label="Website",
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Our staff look there to see who you are.",
        error_messages={"required": "Give a website: our staff look there to see who you are."},
    )
    field_order = ("name", "kind", "street", "city", "region", "zip", "website")


class PreceptorForm(forms.Form):
    """Who supervises: what our staff look up, and where he can be asked how he is shown."""

    name = Line(label="Name", max_length=160, help_text="Without titles: Daniel Ortiz.")
    credentials = Line(label="Credentials", max_length=40, help_text="MD, DO, FACP.")
    specialty = forms.ModelChoiceField(
        label="Specialty", queryset=Specialty.objects.all(), empty_label="Choose a specialty"
    )
    npi = forms.CharField(
        label="NPI",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="The ten digits of the National Provider Identifier.",
        error_messages={"max_length": NPI_WRONG},
    )
    license_state = forms.ModelChoiceField(
        label="State of the medical license",
        queryset=State.objects.all(),
        empty_label="Choose a state",
    )
    license_number = Line(label="License number", max_length=40)
    email = forms.EmailField(
        label="E-mail address of the preceptor",
        help_text="We write once to ask how he or she wants to be shown. It is never published.",
    )

    def clean_npi(self) -> str:
        npi: str = self.cleaned_data["npi"]
        if not npi_is_possible(npi):
            raise forms.ValidationError(NPI_WRONG)
        return npi


class LearnersForm(PreceptorForm):
    """A preceptor in the team's list, with the cap that a first listing leaves as it is."""

    max_learners = forms.IntegerField(
        label="Learners at most in any one week", min_value=1, max_value=50
    )


def place_initial(provider: Provider, site: Site | None) -> dict[str, Any]:
    """What the step shows first; the kind is chosen by the person, never for her."""
    started = {"name": provider.name, "website": provider.website}
    if site is None:
        return started
    return {**site_initial(site), **started, "kind": provider.kind}


def site_initial(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in SiteForm.base_fields}


def preceptor_initial(preceptor: Preceptor) -> dict[str, Any]:
    return {name: getattr(preceptor, name) for name in LearnersForm.base_fields}


class RemitForm(forms.Form):
    remit_to = forms.CharField(
        label="Name of the account and its last four digits",
        max_length=120,
        help_text="For example: Lakeshore Hospital Treasury, 6789. Never the whole number.",
    )

    def clean_remit_to(self) -> str:
        told: str = self.cleaned_data["remit_to"]
        if sum(c.isdigit() for c in told) > LAST_DIGITS:
            raise forms.ValidationError("Give the last four digits only.")
        return told
