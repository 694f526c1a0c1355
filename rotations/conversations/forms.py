from django import forms

from rotations.conversations.models import LONGEST


class QuestionForm(forms.Form):
    text = forms.CharField(
        label="Your question",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=(
            f"At most {LONGEST} characters. Write nothing about patients. The provider sees your "
            "name; if the answer is put on the rotation's page, your name is not."
        ),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        max_length=2 * LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    is_public = forms.BooleanField(
        label="Show question and answer on the rotation's page, without who asked",
        required=False,
    )
