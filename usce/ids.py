"""Public identifiers: random, unguessable, the only ones that leave the database."""

import secrets
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import register_converter

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:  # generic only in the stubs
    _CharField = models.CharField


def new_public_id() -> str:
    """Sixteen random characters of Crockford's base32 (80 bits)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))


class PublicIdField(_CharField):
    """The id that stands in URLs, mails and the API; the integer key never does."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LENGTH)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", new_public_id)
        super().__init__(**kwargs)


class PublicIdConverter:
    """URL path converter `<pid:public_id>`."""

    regex = "[0-9a-hjkmnp-tv-z]{16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


# Here and not in the URL configuration: slices' urls.py are imported before its body runs.
register_converter(PublicIdConverter, "pid")
