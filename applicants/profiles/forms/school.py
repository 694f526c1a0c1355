from typing import Any

from django import forms

from applicants.profiles.models import EnrolmentAnswer
from applicants.profiles.schools import free_domain
from usce.text import clean_line

ONE_LINE = forms.TextInput(attrs={"dir": "auto"})


class SchoolForm(forms.Form):
    school_name = forms.CharField(
        label="Name of your medical school",
        max_length=160,
        required=False,
        widget=ONE_LINE,
        help_text=(
            "As on your diploma or student card. Why we ask: your school is asked about you under "
            "this name. Providers do not see it here."
        ),
    )


class ContactForm(forms.Form):
    name = forms.CharField(label="Name of the contact", max_length=90, widget=ONE_LINE)
    role = forms.CharField(
        label="Office or role there",
        max_length=90,
        widget=ONE_LINE,
        help_text="For example the registrar or the dean's office.",
    )
    email = forms.EmailField(
        label="E-mail address at the school",
        help_text=(
            "Why we ask: the school answers itself. It reads your name and the school's name, "
            "nothing else. Providers see the answer, not the address."
        ),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if domain := free_domain(email):
            raise forms.ValidationError(
                f"Anybody can open an address at {domain}. Give the address at the school."
            )
        return email

    def clean_name(self) -> str:
        return self._words("name")

    def clean_role(self) -> str:
        return self._words("role")

    def _words(self, name: str) -> str:
        words = clean_line(self.cleaned_data[name])
        if not words:
            raise forms.ValidationError("Write a name.")
        return words


class AnswerForm(forms.Form):
    """The school's own answer; nothing is chosen for it."""

    answer = forms.ChoiceField(
        label="Is this so?", choices=EnrolmentAnswer.choices, widget=forms.RadioSelect
    )
    electives = forms.BooleanField(
        label="The school approves clinical electives in the United States for this student",
        required=False,
    )

    def told(self) -> dict[str, Any]:
        answer = EnrolmentAnswer(self.cleaned_data["answer"])
        return {"answer": answer, "electives": self.cleaned_data["electives"]}
