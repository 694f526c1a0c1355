"""Nothing that leads to a person is forgotten: by its slice's `personal` it is hers, or is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Model

from usce.ids import PublicIdField
from usce.rights.portability import Holding, parts

OURS = ("usce", "payments", "applicants", "rotations", "allauth")
WORDS = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField)


def holdings() -> list[Holding]:
    return [held for part in parts() for held in part.holdings]


def others() -> dict[type[Model], str]:
    return {model: why for part in parts() for model, why in part.others.items()}


def leading_to_people() -> Iterator[type[Model]]:
    """Every model with a relation to the user, or to a row that is hers."""
    hers = {held.model for held in holdings()}
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in OURS:
            continue
        targets = {f.related_model for f in model._meta.fields if f.related_model}
        if targets & hers:
            yield model


@pytest.mark.parametrize("model", list(leading_to_people()), ids=lambda m: m._meta.label)
def test_model_is_accounted_for(model: type[Model]) -> None:
    known = {held.model for held in holdings()} | set(others())
    assert model in known, (
        f"{model._meta.label} leads to a person. Name it in the `personal` of its slice: as a "
        "Holding, with what she gets and what erasure leaves, or among `others` with the reason."
    )


def test_every_model_is_named_once_and_with_a_reason() -> None:
    named = [held.model for held in holdings()]
    assert len(named) == len(set(named))
    assert not set(named) & set(others())
    assert all(others().values())


@pytest.mark.parametrize("held", holdings(), ids=lambda h: h.model._meta.label)
def test_export_says_what_it_tells(held: Holding) -> None:
    assert bool(held.told) != bool(held.untold)


def words_of(model: type[Model]) -> list[str]:
    """The columns in which somebody's words may stand."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, WORDS)
        and not isinstance(field, PublicIdField)
        and not getattr(field, "choices", None)
    ]


@pytest.mark.parametrize("held", holdings(), ids=lambda h: h.model._meta.label)
def test_no_words_outlive_a_person_without_a_reason(held: Holding) -> None:
    if held.emptied is None:
        return
    left = set(words_of(held.model)) - set(held.emptied) - set(held.kept)
    assert not left, f"{held.model._meta.label}: say what becomes of {sorted(left)}"
    assert all(held.kept.values())


def test_user_is_the_last_to_go() -> None:
    lowest: Any = parts()[0].holdings[-1]
    assert lowest.model._meta.label == settings.AUTH_USER_MODEL
