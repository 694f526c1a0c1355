"""Settings with which the service refuses to start."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe(values: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured naming every unsafe value at once."""
    found = unsafe(values)
    if found:
        raise ImproperlyConfigured(" ".join(found))


def unsafe(values: dict[str, Any]) -> list[str]:
    return []
