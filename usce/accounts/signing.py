"""Texts that are signed in place: which version, under which typed name, when and from where."""

from datetime import datetime

from django.db import transaction

from usce.accounts.models import ConsentRecord, User
from usce.accounts.notifications import tell_signed
from usce.accounts.permissions import can_sign
from usce.accounts.queries import signature_of
from usce.accounts.texts import Text, sha256_of
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor, require
from usce.text import clean_line


class OtherName(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"Type your own name as your account has it: {name}. Nobody signs for another."
        )


class NoName(Refused):
    def __init__(self) -> None:
        super().__init__("Your account has no name yet. Tell it in your profile, then sign.")


def sign_text(
    user: User, text: Text, name: str, *, actor: Actor, ip_address: str | None, now: datetime
) -> ConsentRecord:
    """Write the signature down, once a version, and mail the way to the copy.

    Raises OtherName where the typed name is not the account's, NoName where that has none.
    """
    require(can_sign(actor, user), "Nobody signs for another.")
    if not user.full_name:
        raise NoName
    typed = clean_line(name)
    if typed.casefold().split() != user.full_name.casefold().split():
        raise OtherName(user.full_name)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        known = signature_of(user, text)
        if known is not None:
            return known
        signed = ConsentRecord.objects.create(
            user=user,
            purpose=text.key.replace("-", "_"),
            text_version=text.version,
            text_sha256=sha256_of(text),
            signed_name=typed,
            at=now,
            ip_address=ip_address,
        )
        record("accounts.text.signed", signed, actor=actor, now=now, reason=text.key)
        tell_signed(signed, text, now=now)
    return signed
