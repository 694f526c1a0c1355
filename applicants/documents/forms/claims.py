from typing import Any

from django import forms

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Cover

MOST_DOLLARS = 1_000_000_000


class PassportLinesForm(forms.Form):
    lines = forms.CharField(
        label="The two lines at the foot of the page",
        max_length=200,
        widget=forms.Textarea(
            attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        ),
        help_text=(
            "44 letters, digits and < marks each. They are compared with what you told, and not "
            "kept."
        ),
        error_messages={"required": "Type the two lines below each other."},
    )


class CoverForm(forms.Form):
    """What stands on a policy; sums in whole dollars."""

    named_insured = forms.CharField(
        label="Who is insured",
        max_length=180,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text="The name as it stands on the certificate.",
    )
    per_claim = forms.IntegerField(
        label="Most for one claim, in dollars", required=False, min_value=1, max_value=MOST_DOLLARS
    )
    in_all = forms.IntegerField(
        label="Most in all, in dollars", required=False, min_value=1, max_value=MOST_DOLLARS
    )

    def __init__(self, *args: Any, kind: str, cover: Cover | None, **kwargs: Any) -> None:
        if cover is not None:
            kwargs["initial"] = {
                "named_insured": cover.named_insured,
                "per_claim": _dollars(cover.per_claim_cents),
                "in_all": _dollars(cover.in_all_cents),
            }
        super().__init__(*args, **kwargs)
        if kind != DocumentKind.MALPRACTICE:
            del self.fields["per_claim"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        one, all_ = told.get("per_claim"), told.get("in_all")
        if one and all_ and all_ < one:
            self.add_error("in_all", "The sum in all is less than that of one claim. Look again.")
        return told

    def cover(self) -> dict[str, Any]:
        return {
            "named_insured": self.cleaned_data["named_insured"],
            "per_claim_cents": _cents(self.cleaned_data.get("per_claim")),
            "in_all_cents": _cents(self.cleaned_data["in_all"]),
        }


def _dollars(cents: int | None) -> int | None:
    return None if cents is None else cents // 100


def _cents(dollars: int | None) -> int | None:
    return None if dollars is None else dollars * 100
