from datetime import date
from typing import Any

from django import forms

from applicants.documents.lines import ABOUT, Result, Shape, Unit, What
from usce.accounts.texts import AGREE_HEALTH

BAD_DAY = "Write the day as year-month-day, for example 2024-03-31."
RESULTS = {
    Shape.RESULT: (Result.POSITIVE, Result.NEGATIVE, Result.UNCLEAR),
    Shape.PICTURE: (Result.NORMAL, Result.ABNORMAL),
}
WIDEST_MM = 99


def day_field(label: str, *, required: bool, missing: str = "", why: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": BAD_DAY, "required": missing or BAD_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=why,
    )


class LineForm(forms.Form):
    """One kind of line: its day or days, and what is told beside it."""

    def __init__(self, *args: Any, what: What, asks_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = ABOUT[what]
        for number in range(1, self.about.days + 1):
            label = self.about.day_label + (f" {number}" if self.about.days > 1 else "")
            missing = "Write the day that stands on the paper."
            self.fields[f"day{number}"] = day_field(label, required=number == 1, missing=missing)
        self._add_more()
        if asks_consent:
            self.fields["agrees"] = forms.BooleanField(
                label=AGREE_HEALTH,
                error_messages={
                    "required": "Health facts are kept only with your consent. Tick the box."
                },
            )

    def _add_more(self) -> None:
        shape = self.about.shape
        if shape == Shape.SKIN:
            self.fields["read_on"] = day_field(
                "Day it was read", required=True, why="It counts if read after 48 to 72 hours."
            )
            self.fields["mm"] = forms.IntegerField(
                label="Induration in millimeters",
                min_value=0,
                max_value=WIDEST_MM,
                help_text="The hard swelling, as written down; 0 if there was none.",
                error_messages={"required": "Write the millimeters; 0 if there were none."},
            )
        elif shape == Shape.LEVEL:
            self.fields["level"] = forms.DecimalField(
                label="Level",
                min_value=0,
                max_digits=8,
                decimal_places=2,
                help_text="The figure on the report; for <3 write 2, for >1000 write 1000.",
                error_messages={"required": "Write the figure that stands on the report."},
            )
            self.fields["unit"] = forms.ChoiceField(
                label="Unit", choices=Unit.choices, initial=Unit.MIU_ML, widget=forms.RadioSelect
            )
        elif shape in RESULTS:
            choices = [(one.value, one.label) for one in RESULTS[shape]]
            self.fields["result"] = forms.ChoiceField(
                label="Result",
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose the result that stands on the report."},
            )

    def days(self) -> list[date]:
        """The days that were told, each once."""
        told = [self.cleaned_data.get(f"day{number}") for number in range(1, self.about.days + 1)]
        return sorted({day for day in told if day})
