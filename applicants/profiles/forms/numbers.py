import re
from datetime import date

from django import forms
from django.utils import timezone

from applicants.profiles.forms.exams import day_field

FIRST_YEAR = 1956  # ECFMG was founded
PRIVATE = "Providers do not see it."
USMLE_SHAPE = re.compile(r"(\d)-?(\d{3})-?(\d{3})-?(\d)")
AAMC_SHAPE = re.compile(r"\d{8}")
PATHWAYS = [("", "None yet"), *((str(n), f"Pathway {n}") for n in range(1, 7))]


class NumbersForm(forms.Form):
    """Numbers that forms and letters ask for; a MyIntealth number is not asked: no shape known."""

    usmle_id = forms.CharField(
        label="USMLE ID",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=f"Eight digits, as 0-123-456-7. Why we ask: to fill in forms for you. {PRIVATE}",
    )
    aamc_id = forms.CharField(
        label="AAMC ID",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=f"Eight digits. Why we ask: letters for ERAS carry it. {PRIVATE}",
    )
    pathway = forms.TypedChoiceField(
        label="ECFMG Pathway",
        choices=PATHWAYS,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=f"Why we ask: to show what your Pathway needs from a rotation. {PRIVATE}",
    )
    ecfmg_certified_on = day_field(
        "Date of your ECFMG certificate",
        "Why we ask: it says that you are certified, which some hosts prefer. Providers see that "
        "you are, not the day.",
    )

    def clean_ecfmg_certified_on(self) -> date | None:
        day: date | None = self.cleaned_data["ecfmg_certified_on"]
        if day and (day.year < FIRST_YEAR or day > timezone.localdate()):
            raise forms.ValidationError("Give the day that stands on the certificate.")
        return day

    def clean_usmle_id(self) -> str:
        typed = self.cleaned_data["usmle_id"].strip()
        found = USMLE_SHAPE.fullmatch(typed)
        if typed and not found:
            raise forms.ValidationError("A USMLE ID has eight digits, for example 0-123-456-7.")
        return "-".join(found.groups()) if found else ""

    def clean_aamc_id(self) -> str:
        typed: str = re.sub(r"[\s-]", "", self.cleaned_data["aamc_id"])
        if typed and not AAMC_SHAPE.fullmatch(typed):
            raise forms.ValidationError("An AAMC ID has eight digits.")
        return typed
