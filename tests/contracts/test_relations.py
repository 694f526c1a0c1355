"""What import-linter cannot see: relations, templates and queued names keep to the layers too."""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import PROTECT, ForeignKey, Model
from django.db.models.fields.related import RelatedField

from usce.jobs import registry
from usce.notifications.events import all_events

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("usce", "payments", "applicants", "rotations")


def _ranks() -> dict[str, int]:
    """App label -> height of its slice, from the import contract itself."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    height = {}
    for rank, layer in enumerate(reversed(layers)):
        for module in layer.split("|"):
            height[module.strip()] = rank
    return {
        config.label: height[config.name]
        for config in apps.get_app_configs()
        if config.name in height
    }


def _relations() -> Iterator[tuple[type[Model], RelatedField]]:  # type: ignore[type-arg]
    for model in apps.get_models():
        if model.__module__.split(".")[0] in PACKAGES:
            for field in model._meta.get_fields():
                if isinstance(field, RelatedField):
                    yield model, field


@pytest.mark.parametrize(("model", "field"), list(_relations()), ids=str)
def test_relation_points_down_and_leaves_no_name_behind(
    model: type[Model], field: "RelatedField[Model, Model]"
) -> None:
    ranks, target = _ranks(), field.related_model._meta
    here = model._meta.app_label
    if target.label == settings.AUTH_USER_MODEL:
        assert here == "accounts" or field.remote_field.related_name == "+"
        return
    assert ranks[target.app_label] <= ranks[here]
    if target.app_label != here:
        assert field.remote_field.related_name == "+"


def test_every_slice_of_ours_has_a_place_in_the_contract() -> None:
    ours = {c.label for c in apps.get_app_configs() if c.name.split(".")[0] in PACKAGES}
    assert ours == set(_ranks())


INCLUDE = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")


def _templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html")) + sorted(
        (ROOT / "templates").rglob("*.txt")
    )


@pytest.mark.parametrize("template", _templates(), ids=lambda p: str(p.relative_to(ROOT)))
def test_template_takes_only_from_its_own_slice_or_the_components(template: Path) -> None:
    own = template.relative_to(ROOT / "templates").parts[0]
    for name in INCLUDE.findall(template.read_text()):
        first = name.split("/")[0]
        allowed = {own, "components", "emails"} if own == "emails" else {own, "components"}
        assert first in allowed or "/" not in name, f"{template} takes {name}"


def _calls(function: str) -> Iterator[tuple[str, ast.Call]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) == function:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def test_every_queued_name_exists_with_its_arguments() -> None:
    known = {entry.name: entry.function for entry in registry.entries()}
    checked = 0
    for place, call in _calls("enqueue"):
        first = call.args[0] if call.args else None
        if not isinstance(first, ast.Constant):
            continue
        name = str(first.value)
        assert name in known, f"{place} queues {name}"
        given = {k.arg for k in call.keywords} - {"unique_key", "run_after"}
        wanted = set(inspect.signature(known[name]).parameters)
        assert given == wanted, f"{place} gives {given}, {name} takes {wanted}"
        checked += 1
    assert checked > 0


def test_every_template_file_of_a_mail_exists_in_both_forms() -> None:
    for event in all_events():
        for ending in ("html", "txt"):
            assert (ROOT / "templates" / f"{event.template}.{ending}").exists(), event.name


def test_cross_slice_foreign_keys_are_protected() -> None:
    for model, field in _relations():
        if (
            isinstance(field, ForeignKey)
            and field.related_model._meta.app_label != model._meta.app_label
        ):
            assert field.remote_field.on_delete is PROTECT, f"{model} {field}"
