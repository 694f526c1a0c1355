from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.accounts.notifications import tell_text_changed
from usce.accounts.permissions import can_change_roles
from usce.accounts.queries import agreed_to_older
from usce.accounts.texts import ADULT, TERMS, TEXTS
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor, require

CONSENTED = ("terms", "health_papers", "provider_agreement")
PEOPLE_AT_ONCE = 500


class AddressTaken(Refused):
    """Somebody has an account with this address."""


def record_consent(
    user: User, purpose: str, text_version: str, *, ip_address: str | None, now: datetime
) -> ConsentRecord:
    """Write down that the person agreed to this version of this text, at this moment."""
    return ConsentRecord.objects.create(
        user=user, purpose=purpose, text_version=text_version, at=now, ip_address=ip_address
    )


def withdraw_consent(
    user: User, purpose: str, *, ip_address: str | None, now: datetime
) -> ConsentRecord | None:
    """Write down that the person takes the consent back; None when there is none to take back."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        last = ConsentRecord.objects.filter(user=user, purpose=purpose).order_by("-id").first()
        if last is None or last.withdrawn:
            return None
        return ConsentRecord.objects.create(
            user=user,
            purpose=purpose,
            text_version=last.text_version,
            at=now,
            ip_address=ip_address,
            withdrawn=True,
        )


def register_invited(
    email: str, password: str, *, full_name: str, ip_address: str | None, now: datetime
) -> User:
    """An account for somebody who came through a link mailed to this address: it is confirmed.

    Raises AddressTaken when another was quicker.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, full_name=full_name, joined_at=now)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            for purpose, version in (("terms", TERMS), ("adult", ADULT)):
                record_consent(user, purpose, version, ip_address=ip_address, now=now)
            record("accounts.user.invited", user, actor=user, now=now)
    except IntegrityError as error:
        raise AddressTaken("There is an account with this address already. Sign in.") from error
    return user


def require_second_factor(user: User, *, actor: Actor, now: datetime) -> None:
    """From now on the person cannot go on without a second factor."""
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, mfa_required=False).update(mfa_required=True)
        if changed:
            record("accounts.user.second_factor_required", user, actor=actor, now=now)
    user.mfa_required = True


def set_staff_roles(user: User, roles: list[StaffRole], *, actor: Actor, now: datetime) -> None:
    """Give the person exactly these staff roles; none of them ends being staff."""
    require(can_change_roles(actor))
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        before = list(fresh.staff_roles)
        fresh.staff_roles = sorted(roles)
        fresh.save(update_fields=["staff_roles"])
        changes = {"staff_roles": (",".join(before), ",".join(fresh.staff_roles))}
        record("accounts.user.roles_changed", fresh, actor=actor, now=now, changes=changes)
    user.staff_roles = fresh.staff_roles


def tell_changed_texts(now: datetime) -> int:
    """Write to everybody who agreed to an older version of a text what is different, once."""
    told = 0
    for purpose in CONSENTED:
        text, after = TEXTS[purpose.replace("_", "-")][0], 0
        while people := agreed_to_older(purpose, text.version, after, PEOPLE_AT_ONCE):
            for person in people:
                tell_text_changed(person, text, now=now)
            told, after = told + len(people), people[-1].pk
    return told
