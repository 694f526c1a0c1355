"""What staff type on their pages."""

from django import forms


def reason_field(label: str, missing: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=help_text,
        error_messages={"required": missing},
    )


class CloseForm(forms.Form):
    """What was done about a case that has no page of its own."""

    note = reason_field(
        "What was done", "Say what was done: it stays with the case.", "Only staff read this."
    )
