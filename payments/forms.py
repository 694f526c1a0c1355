from django import forms


class HolderForm(forms.Form):
    holder = forms.CharField(
        label="In whose name is the account to which it shall go?",
        max_length=200,
        help_text="As the payer told you. It has to be the payer's own.",
        error_messages={"required": "Ask the payer, and write the name here."},
    )


class EndingForm(forms.Form):
    words = forms.CharField(
        label="Why it ends, and the bank's reference",
        max_length=300,
        help_text="As: after the dispute of 3 May Stripe takes no refund; sent by bank, ref. 7731.",
        error_messages={"required": "Say why, and how the money was sent."},
    )
