"""A bound form field as the one field component shows it."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field_context(bound: BoundField, **extra: Any) -> dict[str, Any]:
    """The component's context: what kind of control, and which texts describe it.

    The control's `aria-describedby` names help and error by id, so a reader hears both.
    """
    widget = bound.field.widget
    help_id = f"{bound.auto_id}-help" if bound.help_text or extra.get("why") else ""
    error_id = f"{bound.auto_id}-error" if bound.errors else ""
    described = " ".join(filter(None, [help_id, error_id]))
    kind = kind_of(widget)
    return {
        "field": bound,
        "kind": kind,
        "control": "" if kind == "group" else bound.as_widget(attrs=_attrs(bound, described)),
        "help_id": help_id,
        "error_id": error_id,
        "described": described,
        "optional": _says_optional(bound) and kind not in ("checkbox", "group"),
        **extra,
    }


def _says_optional(bound: BoundField) -> bool:
    """A form in which nothing is needed does not say so at each field."""
    return not bound.field.required and not getattr(bound.form, "all_optional", False)


def kind_of(widget: forms.Widget) -> str:
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "control"


def _attrs(bound: BoundField, described: str) -> dict[str, Any]:
    widget = bound.field.widget
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"
    if str(widget.attrs.get("placeholder", "")).startswith(str(bound.label)):
        widget.attrs.pop("placeholder", None)  # libraries repeat the label inside the control
    attrs: dict[str, Any] = {"class": " ".join(["control", widget.attrs.get("class", "")]).strip()}
    if isinstance(widget, forms.FileInput):
        attrs["data-upload"] = True
    if described:
        attrs["aria-describedby"] = described
    return attrs
