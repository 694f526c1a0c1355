"""A state changes only through `transition`, and only as its table says."""

import ast
import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.contracts.samples import a_saved
from usce.permissions import SYSTEM
from usce.states import Stateful, TransitionRefused, transition

ROOT = Path(settings.BASE_DIR)


def stateful() -> list[type[Stateful]]:
    return sorted(
        (m for m in apps.get_models() if issubclass(m, Stateful)), key=lambda m: m._meta.label
    )


def _state_field(model: type[models.Model]) -> "models.CharField[str, str]":
    field = model._meta.get_field("state")
    assert isinstance(field, models.CharField)
    return field


def states_of(model: type[Stateful]) -> list[str]:
    return [str(value) for value, _label in _state_field(model).choices or []]


@pytest.mark.parametrize("model", stateful(), ids=lambda m: m._meta.label)
def test_table_names_exactly_the_states_of_the_model(model: type[Stateful]) -> None:
    table = model.transitions
    assert set(table) == set(states_of(model))
    assert {to for targets in table.values() for to in targets} <= set(table)


@pytest.mark.parametrize("model", stateful(), ids=lambda m: m._meta.label)
def test_every_state_can_be_reached(model: type[Stateful]) -> None:
    reached = {_state_field(model).get_default()}
    while True:
        further = reached | {to for state in reached for to in model.transitions[state]}
        if further == reached:
            break
        reached = further
    assert reached == set(states_of(model))


def pairs() -> Iterator[tuple[type[Stateful], str, str]]:
    for model in stateful():
        for was, to in itertools.product(states_of(model), repeat=2):
            if to not in model.transitions[was]:
                yield model, was, to


@pytest.mark.parametrize(
    ("model", "was", "to"),
    list(pairs()),
    ids=lambda v: getattr(getattr(v, "_meta", None), "label", v),
)
def test_forbidden_step_is_refused(
    model: type[Stateful], was: str, to: str, now: dt.datetime, db: None
) -> None:
    thing = a_saved(model, was)
    with pytest.raises(TransitionRefused):
        transition(thing, to, actor=SYSTEM, now=now)
    thing.refresh_from_db()
    assert thing.state == was


WRITERS = {"usce/states.py"}
NOT_STATEFUL = ("usce/jobs/", "usce/devstack/")


def _stray(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets):
                yield node.lineno
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", "")
            if name in {"update", "bulk_update"} and any(k.arg == "state" for k in node.keywords):
                yield node.lineno
            if name == "setattr" and "state" in ast.dump(node):
                yield node.lineno


def test_no_stray_write_of_a_state() -> None:
    found = []
    for package in ("usce", "payments", "applicants", "rotations"):
        for file in sorted((ROOT / package).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            if (
                name not in WRITERS
                and not name.startswith(NOT_STATEFUL)
                and "/migrations/" not in name
            ):
                found += [f"{name}:{line}" for line in _stray(ast.parse(file.read_text()))]
    assert found == []
