from typing import Any

from django import forms

from rotations.conversations.models import LONGEST, LONGEST_MESSAGE
from rotations.conversations.rules import About
from usce.text import clean_line
from usce.ui.guarded import GuardedForm


class QuestionForm(GuardedForm):
    text = forms.CharField(
        label="Your question",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=(
            f"At most {LONGEST} characters. Write nothing about patients. The provider sees your "
            "name; if the answer is put on the rotation's page, your name is not."
        ),
    )


class AnswerForm(GuardedForm):
    guarded = ("answer",)

    answer = forms.CharField(
        label="Your answer",
        max_length=2 * LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    is_public = forms.BooleanField(
        label="Show question and answer on the rotation's page, without who asked",
        required=False,
    )


class MessageForm(forms.Form):
    """What is common to all messages to Rounds."""

    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text="Write nothing about patients. Attach nothing; we ask if a paper is needed.",
        error_messages={"required": "Write what it is about."},
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="Where the answer goes, and nothing else.",
        error_messages={"required": "Without an address we cannot answer."},
    )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


class ContactForm(MessageForm):
    about = forms.ChoiceField(
        label="What it is about",
        choices=[choice for choice in About.choices if choice[0] != About.LISTING],
    )
    name = forms.CharField(
        label="Your name", max_length=180, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )  # fmt: skip
    reference = forms.CharField(
        label="Reference of an earlier answer",
        max_length=20,
        required=False,
        help_text="M-1042, for a second look: somebody else then reads it.",
    )
    field_order = ("about", "text", "name", "email", "reference")


class ReportForm(MessageForm):
    reason = forms.ChoiceField(
        label="What is wrong",
        choices=[
            ("Not what is offered", "Not what is offered: dates, duties, price or place are wrong"),
            ("Not theirs to list", "The clinic or physician named does not know of it"),
            ("Money outside Rounds", "Somebody asked for money outside Rounds"),
            ("Unsafe or unfair", "Unsafe, or people are turned away for who they are"),
            ("A letter for money", "A letter is sold or promised"),
            ("Something else", "Something else"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="Only if you want an answer. The provider never learns who reported.",
    )
    field_order = ("reason", "text", "email")

    def told(self) -> dict[str, Any]:
        """The reason stands before the words."""
        known = self.cleaned_data
        return {"text": f"{known['reason']}.\n\n{known['text']}", "email": known["email"]}


class ReplyForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text="It goes out by mail as it stands here, and closes the case.",
        error_messages={"required": "Write the answer, or what was done."},
    )
