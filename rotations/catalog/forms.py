"""What a provider's team types about a listing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from rotations.catalog.asking import LABELS, MONTHS, NUMBERS, ORDER, VALUES
from rotations.catalog.models import (
    Activity,
    Carrier,
    Duty,
    DutyLevel,
    DutyName,
    Letterhead,
    Place,
    PricePer,
    Rotation,
    RotationKind,
    Setting,
    Weight,
)
from rotations.catalog.presets import PRESETS
from rotations.catalog.rules import MOST_BLOCKS, MOST_SEATS
from rotations.catalog.starters import HINTS, Rule
from rotations.eligibility.rules import KINDS, PAPERS
from rotations.eligibility.rules.kinds import STATUSES, VISAS
from rotations.providers.models import Preceptor, Provider, Site
from usce.accounts.texts import AGREE_PROVIDER
from usce.reference.models import Specialty
from usce.text import clean_line, clean_text

NO_FEE = "none"
FEES = [(NO_FEE, "No fee"), *((p.value, f"A fee {p.label}") for p in PricePer)]
DEAREST = 50_000
LONGEST_WEEKS = 52
MOST_LINES, LONGEST_LINE = 12, 120


class Words(forms.CharField):
    """People's words, cleaned, in their own direction; `rows` makes it a larger field."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        attrs = {"dir": "auto", **({"rows": rows} if rows else {})}
        kwargs["widget"] = forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs)
        self.clean_words = clean_text if rows else clean_line
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        return str(super().clean(self.clean_words(value) if isinstance(value, str) else value))


class Lines(Words):
    """One thing a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=4, help_text="One thing a line.", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what it gives
        lines = [line for raw in super().clean(value).splitlines() if (line := clean_line(raw))]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(
                f"At most {MOST_LINES} lines of {LONGEST_LINE} characters each."
            )
        return lines


class MoneyForm(forms.Form):
    """A price in whole dollars, or none at all."""

    fee = forms.ChoiceField(
        label="What a learner pays you",
        choices=FEES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether there is a fee."},
    )
    price = forms.IntegerField(
        label="Price in dollars",
        required=False,
        min_value=1,
        max_value=DEAREST,
        help_text="Whole dollars. Rounds adds its own fee of 10 percent, shown to the applicant.",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        has_fee = told.get("fee") in PricePer.values
        if has_fee and not told.get("price") and "price" not in self.errors:
            self.add_error("price", "Give the price, or choose “No fee”.")
        told["price_cents"] = (told.get("price") or 0) * 100 if has_fee else 0
        told["price_per"] = told.get("fee") if has_fee else PricePer.BLOCK.value
        return told


class BeginForm(MoneyForm):
    """The four answers a listing begins with; its kind brings the rest."""

    specialty = forms.ModelChoiceField(
        label="Specialty", queryset=Specialty.objects.all(), empty_label="Choose a specialty"
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=[(k.value, f"{k.label}: {HINTS[k]}") for k in RotationKind],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind."},
        help_text=(
            "It fills in duties, requirements, letterhead and cover. All of it can be changed."
        ),
    )
    weeks = forms.IntegerField(label="Weeks of one block", min_value=1, max_value=LONGEST_WEEKS)
    field_order = ("specialty", "kind", "weeks", "fee", "price")


class PlacedForm(BeginForm):
    """Where and with whom, for a provider who has more than one of them."""

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = _choice("Site", Site, provider)
        self.fields["preceptor"] = _choice("Preceptor", Preceptor, provider)
        self.order_fields(["specialty", "site", "preceptor"])
        for name in ("site", "preceptor"):
            choice: Any = self.fields[name]
            if choice.queryset.count() == 1:  # there is nothing to choose
                choice.widget = forms.HiddenInput()


class SeenForm(forms.Form):
    """Carries the moment of the version that the person saw."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_seen(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError as problem:
            raise forms.ValidationError("Open the page again.") from problem


class PageForm(SeenForm):
    """What the public reads on the listing's page."""

    title = Words(label="Title", max_length=140)
    summary = Words(label="Summary", rows=4, max_length=2000)
    setting = forms.ChoiceField(label="Setting", choices=Setting.choices)
    hours_per_week = forms.IntegerField(label="Hours a week", min_value=1, max_value=100)
    duties = Lines(label="What the learner does")
    not_included = Lines(label="What is not part of it", required=False)
    letterhead = forms.ChoiceField(label="Letters are written on", choices=Letterhead.choices)
    letter_conditions = Words(label="When a letter is considered", max_length=500, required=False)
    residents_present = forms.BooleanField(label="Residents are in the team", required=False)
    attending_changes_weeks = forms.IntegerField(
        label="The attending changes every so many weeks",
        required=False,
        min_value=1,
        max_value=LONGEST_WEEKS,
        help_text="Empty: the same attending throughout.",
    )
    activities = forms.MultipleChoiceField(
        label="Activities",
        choices=Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    gives_certificate = forms.BooleanField(label="A certificate is given", required=False)
    affiliation = Words(
        label="Accreditation or affiliation", max_length=200, required=False, help_text="In words."
    )
    malpractice_carrier = forms.ChoiceField(
        label="Who carries the malpractice cover", choices=Carrier.choices
    )
    malpractice = Words(label="What the cover allows, and why it limits duties", max_length=160)
    remote_platform = Words(label="Platform, if remote", max_length=80, required=False)
    remote_hours = Words(
        label="Hours, if remote", max_length=120, required=False, help_text="With the time zone."
    )

    def __init__(self, *args: Any, rotation: Rotation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rotation = rotation
        self.fields["site"] = _choice("Site", Site, rotation.provider)
        self.fields["preceptor"] = _choice("Preceptor", Preceptor, rotation.provider)
        self.duty_names = list(self._add_duties())

    def _add_duties(self) -> Iterator[str]:
        levels = [("", "Not done"), *DutyLevel.choices]
        for duty in DutyName:
            for place in Place:
                name = f"{duty.value}-{place.value}"
                self.fields[name] = forms.ChoiceField(
                    label=f"{duty.label}, {place.label.lower()}", choices=levels, required=False
                )
                yield name

    def matrix_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.duty_names]

    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.duty_names]

    def matrix(self) -> list[tuple[str, str, str]]:
        cells = ((*name.split("-"), self.cleaned_data[name]) for name in self.duty_names)
        return [(duty, place, level) for duty, place, level in cells if level]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        remote = told.get("setting") == Setting.REMOTE
        if self.rotation.kind == RotationKind.TELEMEDICINE and not remote:
            self.add_error("setting", "Telemedicine is remote.")
        for name in ("remote_platform", "remote_hours"):
            if remote and not told.get(name):
                self.add_error(name, "A remote rotation names its platform and its hours.")
        return told


class RequirementsForm(SeenForm):
    """Each requirement of the vocabulary: how much it weighs, and its values."""

    all_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            weights = [w for w in Weight.choices if kind not in PAPERS or w[0] != Weight.MUST]
            self.fields[kind] = forms.ChoiceField(
                label=LABELS[kind], choices=[("", "Not asked"), *weights], required=False
            )
        self.fields["allowed"] = _several("Who may apply", STATUSES)
        self.fields["accepted"] = _several("Visas and statuses accepted", VISAS)
        for name, (label, least, most) in NUMBERS.items():
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=least, max_value=most
            )
        for kind, name in MONTHS.items():
            self.fields[name] = forms.IntegerField(
                label=f"{LABELS[kind]}: at most so many months old at the start",
                required=False,
                min_value=1,
                max_value=11,
                help_text="Left empty, the usual twelve months count.",
            )
        more = VALUES | MONTHS
        self.order_fields(["seen", *(n for k in ORDER for n in (k, more.get(k)) if n)])

    def rules(self) -> list[Rule]:
        told = self.cleaned_data
        return [(kind, self._params(kind), told[kind]) for kind in KINDS if told[kind]]

    def _params(self, kind: str) -> dict[str, Any]:
        if name := VALUES.get(kind):
            return {name: self.cleaned_data[name]}
        months = self.cleaned_data[MONTHS[kind]] if kind in MONTHS else None
        return {"months": months} if months else {}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for kind, name in VALUES.items():
            if told.get(kind) and told.get(name) in (None, []) and name not in self.errors:
                self.add_error(name, "This requirement needs a value.")
        return told


def _said(name: str, tiers: list[list[int]]) -> str:
    steps = [f"{percent} percent until {days} days before" for days, percent in tiers]
    return f"{name}: {', '.join(steps)}, then nothing"


class RefundField(forms.ChoiceField):
    """One of three presets, said in full."""

    def __init__(self) -> None:
        super().__init__(
            label="Refunds when a learner cancels",
            choices=[(key, _said(name, tiers)) for key, (name, tiers, _visa) in PRESETS.items()],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one of the three."},
        )


class PriceForm(MoneyForm, SeenForm):
    """Price and refund terms of new offers."""

    refunds = RefundField()


class SubmitForm(forms.Form):
    """The last screen: refunds, and the agreement where the person has not agreed to it yet."""

    refunds = RefundField()
    agreed = forms.BooleanField(
        label=AGREE_PROVIDER,
        error_messages={"required": "Listing rotations needs this tick."},
    )

    def __init__(self, *args: Any, has_agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_agreed:
            del self.fields["agreed"]


class BlocksForm(forms.Form):
    first_on = forms.DateField(
        label="First Monday",
        widget=forms.DateInput(),
        error_messages={"required": "Choose the Monday on which the first block begins."},
    )
    blocks = forms.IntegerField(
        label="Blocks, one after the other", min_value=1, max_value=MOST_BLOCKS, initial=1
    )
    seats = forms.IntegerField(label="Seats in each", min_value=1, max_value=MOST_SEATS, initial=1)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        monday = today + timedelta(days=7 - today.weekday())
        self.fields["first_on"].widget.attrs |= {"min": monday.isoformat(), "step": 7}

    def clean_first_on(self) -> date:
        first_on: date = self.cleaned_data["first_on"]
        if first_on.weekday():
            raise forms.ValidationError(f"{first_on:%d %B %Y} is a {first_on:%A}. Choose a Monday.")
        if first_on <= self.today:
            raise forms.ValidationError("Choose a Monday after today.")
        return first_on


class SeatsForm(forms.Form):
    seats = forms.IntegerField(
        label="Seats", validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )


class CancelForm(forms.Form):
    reason = Words(
        label="Why the dates are canceled",
        rows=3,
        max_length=1000,
        help_text="Whoever applied for them reads this.",
        error_messages={"required": "Say why: whoever applied for these dates reads it."},
    )


def page_initial(rotation: Rotation) -> dict[str, Any]:
    kept = {name: getattr(rotation, name) for name in PageForm.base_fields if name != "seen"}
    cells: Any = rotation.matrix.all()
    return {
        **kept,
        **{f"{cell.duty}-{cell.place}": cell.level for cell in cells if isinstance(cell, Duty)},
        "site": rotation.site_id,
        "preceptor": rotation.preceptor_id,
        "seen": rotation.updated_at.isoformat(),
    }


def money_initial(rotation: Rotation) -> dict[str, Any]:
    fee = rotation.price_per if rotation.price_cents else NO_FEE
    price = rotation.price_cents // 100 or None
    refunds = rotation.refund_policy.key
    seen = rotation.updated_at.isoformat()
    return {"fee": fee, "price": price, "refunds": refunds, "seen": seen}


def rules_initial(rotation: Rotation) -> dict[str, Any]:
    found: dict[str, Any] = {"seen": rotation.updated_at.isoformat()}
    for rule in rotation.requirements.all():
        found[rule.kind] = rule.weight
        if rule.kind in VALUES:
            found[VALUES[rule.kind]] = rule.params[VALUES[rule.kind]]
        if rule.kind in MONTHS:
            found[MONTHS[rule.kind]] = rule.params.get("months")
    return found


def _choice(label: str, model: type[Site | Preceptor], provider: Provider) -> Any:
    rows = model.objects.filter(provider=provider).order_by("name", "id")
    return forms.ModelChoiceField(label=label, queryset=rows, empty_label=None)


def _several(label: str, known: dict[str, str]) -> forms.MultipleChoiceField:
    choices = [(value, words[0].upper() + words[1:]) for value, words in known.items()]
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
    )
