"""What learners ask and writers answer."""

import re
from typing import Any, ClassVar

from django import forms

from rotations.letters.actions import Another, Wish
from rotations.letters.models import Ask, Form, Letter, Share, Target
from rotations.letters.rules import Proposal
from rotations.letters.states import OPEN
from rotations.providers.models import Preceptor
from usce.reference.queries import specialties
from usce.text import clean_line
from usce.ui.guarded import GuardedForm

OTHER = "other"
NAME = re.compile(r"[^\W\d_][\w .,'\u2019()-]*")
LETTER_ID = re.compile(r"[A-Za-z0-9-]{0,20}")
WAIVED = [
    ("waived", "I waive my right to see this letter"),
    ("kept", "I keep my right to see this letter"),
]


def _name_of_writer(typed: str) -> str:
    """It stands in a mail to somebody we do not know: a name, and nothing that could be a link."""
    name = clean_line(typed)
    if name and (not NAME.fullmatch(name) or re.search(r"\w\.\w{2}", name)):
        raise forms.ValidationError("Write the name alone, without numbers or addresses.")
    return name


def _letter_id(typed: str) -> str:
    found = clean_line(typed)
    if not LETTER_ID.fullmatch(found):
        raise forms.ValidationError("A letter ID has letters and digits only.")
    return found


def _shares(choices: list[Share], *, initial: list[str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Show the writer",
        required=False,
        choices=[(one.value, one.label) for one in choices],
        initial=initial,
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            "Nothing is shown that you do not tick, and you can take it back at any time. Your "
            "name and the dates of the rotation the writer always sees."
        ),
    )


class AskForm(GuardedForm):
    guarded: ClassVar[tuple[str, ...]] = ("statement",)
    writer = forms.ChoiceField(label="Whom you ask")
    other_name = forms.CharField(
        label="Name of somebody else",
        required=False,
        max_length=80,
        help_text="Only if you ask somebody who is not in the list.",
    )
    other_email = forms.EmailField(
        label="E-mail address of somebody else",
        required=False,
        help_text="Of the physician or of the department's office; a shared mailbox will do.",
    )
    target = forms.ChoiceField(
        label="Where the letter goes",
        choices=Target,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where the letter goes."},
    )
    specialty = forms.ModelChoiceField(
        label="Specialty",
        queryset=specialties(),
        required=False,
        empty_label="General: for any specialty",
        help_text="Programs never see this label. A general letter is a narrative one.",
    )
    form = forms.ChoiceField(
        label="Kind",
        choices=Form,
        initial=Form.NARRATIVE,
        widget=forms.RadioSelect,
    )
    due_on = forms.DateField(
        label="Due",
        widget=forms.DateInput(),
        error_messages={"required": "Choose the day by which it should be there."},
    )
    asks = forms.MultipleChoiceField(
        label="What you ask for",
        choices=Ask,
        initial=[one.value for one in Ask],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The writer says what of it can be done.",
    )
    statement = forms.CharField(
        label="A few words to the writer",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=(
            "Your goals, and what you did together. Nothing about patients. Do not send a draft "
            "of the letter: writing one for another's signature is fraud."
        ),
    )
    letter_id = forms.CharField(
        label="Letter ID",
        required=False,
        max_length=20,
        help_text="Only if MyERAS gave you one; you can add it later.",
    )
    waived = forms.ChoiceField(
        label="Your right to see it",
        choices=WAIVED,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two; neither is a condition of anything."},
        help_text=(
            "Yours alone to choose, and the same as in the application service. Waived, you are "
            "not permitted to see the letter under any circumstances. It cannot be changed later."
        ),
    )
    signed_name = forms.CharField(
        label="Your name, as a signature under this choice",
        max_length=180,
        help_text="As your account has it.",
        error_messages={"required": "Type your name under your choice."},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        writers: list[Preceptor],
        shares: list[Share],
        proposal: Proposal,
        like: Letter | None = None,
    ) -> None:
        """`like` is an earlier request from which all but the signed choice is taken over."""
        super().__init__(data)
        self.writers = {one.public_id: one for one in writers}
        self.fields["shares"] = _shares(shares, initial=[])
        choices = [(pid, str(one)) for pid, one in self.writers.items()]
        writer: Any = self.fields["writer"]
        writer.choices = [*choices, (OTHER, "Somebody else: tell name and address below")]
        self.fields["due_on"].initial = proposal.due_on
        if like is not None:
            self._take_over(like)

    def _take_over(self, like: Letter) -> None:
        told: dict[str, Any] = {
            "target": like.target,
            "specialty": like.specialty,
            "form": like.form,
        }
        told |= {"asks": like.asks, "statement": like.statement}
        rest = [pid for pid, one in self.writers.items() if one.pk != like.preceptor_id]
        told["writer"] = rest[0] if rest and not like.suggested_name else OTHER
        told |= {"other_name": like.suggested_name, "other_email": like.suggested_email}
        self.initial.update(told)

    def clean_other_name(self) -> str:
        return _name_of_writer(self.cleaned_data["other_name"])

    def clean_letter_id(self) -> str:
        return _letter_id(self.cleaned_data["letter_id"])

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if told.get("writer") == OTHER:
            for name, sentence in (
                ("other_name", "Name the writer."),
                ("other_email", "Give the writer's e-mail address."),
            ):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        if told.get("form") == Form.STANDARDIZED and not told.get("specialty"):
            self.add_error("specialty", "A standardized form is for one specialty: choose it.")
        return told

    def wish(self) -> Wish:
        told = self.cleaned_data
        return Wish(
            preceptor=self.writers.get(told["writer"]),
            name=told["other_name"],
            email=told["other_email"],
            target=told["target"],
            specialty=told["specialty"],
            form=told["form"],
            waived=told["waived"] == "waived",
            signed_name=told["signed_name"],
            due_on=told["due_on"],
            asks=tuple(told["asks"]),
            shares=tuple(told["shares"]),
            statement=told["statement"],
            letter_id=told["letter_id"],
        )


class ShareForm(forms.Form):
    letter_id = forms.CharField(
        label="Letter ID", required=False, max_length=20, help_text="Only if MyERAS gave you one."
    )

    def __init__(self, data: Any = None, *, letter: Letter, shares: list[Share]) -> None:
        super().__init__(data, initial={"letter_id": letter.letter_id})
        self.fields["shares"] = _shares(shares, initial=letter.shares)
        self.order_fields(["shares", "letter_id"])

    def clean_letter_id(self) -> str:
        return _letter_id(self.cleaned_data["letter_id"])


class AnswerForm(GuardedForm):
    """The state that the page showed goes with every answer."""

    was = forms.ChoiceField(choices=[(one, one) for one in OPEN], widget=forms.HiddenInput)


class AcceptForm(AnswerForm):
    guarded: ClassVar[tuple[str, ...]] = ("note",)
    note = forms.CharField(
        label="A note to yourself",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="Shown on this page alone. The learner and the host never see it.",
    )

    def __init__(self, data: Any = None, *, letter: Letter) -> None:
        super().__init__(data, prefix="accept", initial={"was": letter.state})
        asked = [(one.value, one.label) for one in Ask if one in letter.asks]
        if asked:
            self.fields["can_do"] = forms.MultipleChoiceField(
                label="What you can do",
                choices=asked,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="The learner sees which of these you tick.",
            )
            self.order_fields(["was", "can_do", "note"])


class DeclineForm(AnswerForm):
    guarded: ClassVar[tuple[str, ...]] = ("why",)
    why = forms.CharField(
        label="Why",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="Need not be said. The learner and the host never see it.",
    )
    name = forms.CharField(
        label="Who might write instead",
        required=False,
        max_length=80,
        help_text="The learner sees this name and address.",
    )
    email = forms.EmailField(label="That person's e-mail address", required=False)

    def __init__(self, data: Any = None, *, letter: Letter) -> None:
        super().__init__(data, prefix="decline", initial={"was": letter.state})

    def clean_name(self) -> str:
        return _name_of_writer(self.cleaned_data["name"])

    def another(self) -> Another:
        return Another(self.cleaned_data["name"], self.cleaned_data["email"])
