"""Questions about a paper: the file, its kind, and the dates that stand on it."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse_lazy

from applicants.documents.kinds import KINDS, Dates, DocumentKind
from applicants.documents.models import Document, ImmunizationLine
from usce.accounts.texts import AGREE_HEALTH
from usce.files.models import Incoming

PDF = "application/pdf,.pdf"
ENDINGS = (".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp")
PICTURES = ",".join((*ENDINGS, "image/*"))
LABELS = {
    Dates.ISSUED: {"issued_on": "Date on the paper"},
    Dates.EXPIRES: {"expires_on": "Last valid day"},
    Dates.BOTH: {"issued_on": "First day of cover", "expires_on": "Last day of cover"},
}


def kind_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds by group, as a select shows them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in DocumentKind:
        groups.setdefault(KINDS[kind].group, []).append((kind.value, kind.label))
    return list(groups.items())


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is it?",
        choices=lambda: [("", "Choose a paper"), *kind_choices()],
        error_messages={"required": "Choose what the paper is."},
    )


class DatesForm(forms.Form):
    """The dates that papers of the kind carry; those a kind has none of are not asked."""

    def __init__(self, *args: Any, kind: str, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.get(KINDS[kind].dates, {}).items():
            self.fields[name] = forms.DateField(
                label=label,
                required=required,
                error_messages={
                    "required": "Write the date that stands on the paper.",
                    "invalid": "Write the date as year, month and day: 2027-04-20.",
                },
            )

    def dates(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in ("issued_on", "expires_on")}


class PaperForm(DatesForm):
    """One paper with its file, which comes with the form or has arrived before (`upload`)."""

    file = forms.FileField(
        error_messages={"required": "Choose the file or take a picture of the paper."},
        widget=forms.FileInput(
            attrs={
                "data-max-bytes": settings.FILE_UPLOAD_MAX_BYTES,
                "data-begin": reverse_lazy("documents:begin"),
            }
        ),
    )
    upload = forms.ModelChoiceField(
        queryset=Incoming.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "That file is no longer here. Choose it once more."},
    )
    field_order = ("file", "issued_on", "expires_on", "agrees")

    def __init__(
        self,
        *args: Any,
        kind: str,
        asks_consent: bool,
        waiting: QuerySet[Incoming],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        cast("forms.ModelChoiceField[Incoming]", self.fields["upload"]).queryset = waiting
        self.arrived = waiting.filter(public_id=self["upload"].value() or "").first()
        if self.arrived:
            del self.fields["file"]
        if asks_consent:
            self.fields["agrees"] = forms.BooleanField(
                label=AGREE_HEALTH,
                error_messages={
                    "required": "Health papers are kept only with your consent. Tick the box."
                },
            )
        if "file" in self.fields:
            self._ask_for_file(kind)
        self.order_fields(self.field_order)

    def _ask_for_file(self, kind: str) -> None:
        is_pdf_only = KINDS[kind].is_pdf_only
        field = self.fields["file"]
        field.required = not self["upload"].value()
        field.label = "The file (PDF)" if is_pdf_only else "The file (PDF or picture)"
        field.widget.attrs["accept"] = PDF if is_pdf_only else f"{PDF},{PICTURES}"
        most = settings.FILE_UPLOAD_MAX_BYTES // (1024 * 1024)
        field.help_text = f"{KINDS[kind].why} At most {most} MB" + (
            "."
            if is_pdf_only
            else "; a photo of the whole page, well lit, will do. Several pages: one PDF, or "
            "“Several files”, where photos become one paper."
        )


class SeveralInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralField(forms.FileField):
    """All files that were chosen, each looked at by itself."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list) and data else [None]
        return [super(SeveralField, self).clean(one, initial) for one in files]


class SeveralForm(forms.Form):
    papers = SeveralField(
        label="Files (PDF or picture)",
        widget=SeveralInput(
            attrs={
                "accept": f"{PDF},{PICTURES}",
                "data-max-bytes": settings.FILE_UPLOAD_MAX_BYTES,
                "data-begin": reverse_lazy("documents:begin"),
            }
        ),
        error_messages={"required": "Choose one file or several."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.FILE_UPLOAD_MAX_BYTES // (1024 * 1024)
        self.fields[
            "papers"
        ].help_text = f"At most {most} MB each; photos of one paper can be joined here."


OUT = "0"


class JoinForm(forms.Form):
    """Which of the photos that wait are pages of one paper, and in which order."""

    def __init__(self, *args: Any, waiting: Iterable[Incoming], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos = {f"page-{one.public_id}": one for one in waiting if is_photo(one)}
        numbers = range(1, len(self.photos) + 1)
        choices = [(OUT, "Not in it"), *((str(n), f"Page {n}") for n in numbers)]
        for number, (name, one) in zip(numbers, self.photos.items(), strict=True):
            self.fields[name] = forms.ChoiceField(
                label=one.name, choices=choices, initial=str(number)
            )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        numbers = [told[name] for name in self.photos if told.get(name, OUT) != OUT]
        if len(set(numbers)) < len(numbers):
            raise forms.ValidationError("Two photos have the same page number.")
        return told

    def pages(self) -> list[Incoming]:
        told = self.cleaned_data
        chosen = [name for name in self.photos if told[name] != OUT]
        return [self.photos[name] for name in sorted(chosen, key=lambda name: int(told[name]))]


def is_photo(incoming: Incoming) -> bool:
    """By its name alone, for nothing reads it here."""
    return incoming.is_whole and incoming.name.lower().endswith(ENDINGS)


REASONS = {
    "unreadable": "It cannot be read. Scan or photograph the whole page in good light.",
    "part": "A part of it is missing. Upload all pages in one file.",
    "other": "This is another kind of paper. Add it under its own kind.",
    "name": "The name on it is not the name in your profile.",
    "date": "Its date is missing or cannot be read.",
    "old": "It is too old. Get a new one.",
    "unsigned": "A signature or stamp is missing.",
}


class DecisionForm(DatesForm):
    """What staff decide; the dates are needed to accept, a reason to refuse."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[
            ("accept", "It is what it says and can be read: accept"),
            ("reject", "Something is wrong or cannot be read: do not accept"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    preset = forms.ChoiceField(
        label="Usual reason",
        required=False,
        choices=[("", "None of these"), *REASONS.items()],
    )
    reason = forms.CharField(
        label="Words of your own",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="One of the two is needed when it is not accepted. The applicant reads both.",
    )
    field_order = ("issued_on", "expires_on", "proves", "decision", "preset", "reason")

    def __init__(
        self, *args: Any, kind: str, lines: Iterable[ImmunizationLine] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        if choices := [(line.public_id, line.words) for line in lines]:
            self.fields["proves"] = forms.MultipleChoiceField(
                label="Told by the owner, and on this paper",
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                help_text="Tick what you read on it, day and result alike; the rest stays open.",
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        usual, own = REASONS.get(told.get("preset", ""), ""), told.get("reason", "").strip()
        told["reason"] = " ".join(filter(None, (usual, own)))
        if told.get("decision") == "reject" and not told["reason"]:
            self.add_error("reason", "Say why: the applicant reads this sentence.")
        return told


def dates_of(document: Document) -> dict[str, Any]:
    return {"issued_on": document.issued_on, "expires_on": document.expires_on}
