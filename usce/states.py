"""The one door through which a state changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor

Table = Mapping[str, frozenset[str]]


class Stateful(models.Model):
    """A model whose `state` field changes only through `transition`.

    A subclass names its slice's table in `transitions`: state -> the states it may become.
    """

    transitions: Table = {}

    class Meta:
        abstract = True

    state: Any


class TransitionRefused(Refused):
    """The thing is no longer in a state from which this step is possible."""

    def __init__(self, thing: Stateful, to: str) -> None:
        self.was = str(thing.state)
        self.to = to
        name = thing._meta.verbose_name  # noqa: SLF001 -- Django's documented model API
        was = self.was.replace("_", " ")
        super().__init__(f"This {name} is now “{was}”, so this step is no longer possible.")


T = TypeVar("T", bound=Stateful)


def lock(thing: T) -> T:
    """Lock the row until the transaction ends and bring the instance up to date."""
    model = type(thing)
    fresh = model._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=thing.pk)  # noqa: SLF001 -- the manager Django itself uses to refresh
    thing._state.fields_cache.clear()  # noqa: SLF001 -- related objects are fetched again, fresh
    for field in model._meta.concrete_fields:  # noqa: SLF001 -- Django's documented model API
        setattr(thing, field.attname, getattr(fresh, field.attname))
    return thing


def transition(
    thing: T, to: str, *, actor: Actor, now: datetime, reason: str = "", **fields: Any
) -> T:
    """Lock, look again, check the table, save `state` and `fields`, write the audit entry.

    Raises TransitionRefused when the fresh state does not allow the step. The instance given is
    brought up to date in place, so what the caller holds is what the database holds.
    """
    with transaction.atomic():
        lock(thing)
        was = str(thing.state)
        if to not in thing.transitions.get(was, frozenset()):
            raise TransitionRefused(thing, to)
        changes: dict[str, tuple[Any, Any]] = {"state": (was, to)}
        thing.state = to
        for name, value in fields.items():
            field = thing._meta.get_field(name)  # noqa: SLF001 -- Django's documented model API
            old = getattr(thing, getattr(field, "attname", name))
            setattr(thing, name, value)
            if not isinstance(
                field, (models.TextField, models.JSONField)
            ):  # people's words stay out
                changes[name] = (old, getattr(thing, getattr(field, "attname", name)))
        thing.save(update_fields=["state", *fields])
        label = thing._meta.label_lower  # noqa: SLF001 -- Django's documented model API
        record(f"{label}.{to}", thing, actor=actor, now=now, changes=changes, reason=reason)
    return thing
