"""Codes that a mail must carry: sealed while they wait, gone once the mail has left."""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings

FACT = "sealed"


def _cipher() -> Fernet:
    key = hashlib.sha256(b"rounds mail secrets" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(secret: dict[str, Any]) -> str:
    return _cipher().encrypt(json.dumps(secret).encode()).decode()


def unseal(sealed: str) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(_cipher().decrypt(sealed.encode()))
    return opened
