from django import forms


class HolderForm(forms.Form):
    holder = forms.CharField(
        label="In whose name is the account to which it shall go?",
        max_length=200,
        help_text="As the payer told you. It has to be the payer's own.",
        error_messages={"required": "Ask the payer, and write the name here."},
    )
