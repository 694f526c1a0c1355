from django import forms

from rotations.providers.models import Shown


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
