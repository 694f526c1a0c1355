from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.accounts.permissions import can_change_roles
from usce.accounts.texts import ADULT, TERMS
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor, require


class AddressTaken(Refused):
    """Somebody has an account with this address."""


def record_consent(
    user: User, purpose: str, text_version: str, *, ip_address: str | None, now: datetime
) -> ConsentRecord:
    """Write down that the person agreed to this version of this text, at this moment."""
    return ConsentRecord.objects.create(
        user=user, purpose=purpose, text_version=text_version, at=now, ip_address=ip_address
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
