"""A passport's number, kept so that it can be compared and never be read.

The key comes from FILES_KEK with a label of its own: SECRET_KEY is changed whenever sessions are to
end, and every hash would silently cease to match; FILES_KEK lives as long as the files do.
"""

import hashlib
import hmac
import re

from django.conf import settings

LABEL = b"profiles.passport-number.v1"
SHAPE = re.compile(r"[A-Z0-9]{5,15}")


def normal(number: str) -> str:
    """Capitals and digits alone, as the machine-readable line has them."""
    return re.sub(r"[\s.\-/]", "", number).upper()


def is_possible(number: str) -> bool:
    return SHAPE.fullmatch(normal(number)) is not None


def hash_of(number: str) -> str:
    key = hmac.digest(settings.FILES_KEK, LABEL, hashlib.sha256)
    return hmac.new(key, normal(number).encode(), hashlib.sha256).hexdigest()
