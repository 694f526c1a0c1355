from datetime import datetime

from django.db import transaction

from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.accounts.permissions import can_change_roles
from usce.audit.actions import record
from usce.permissions import Actor, require


def record_consent(
    user: User, purpose: str, text_version: str, *, ip_address: str | None, now: datetime
) -> ConsentRecord:
    """Write down that the person agreed to this version of this text, at this moment."""
    return ConsentRecord.objects.create(
        user=user, purpose=purpose, text_version=text_version, at=now, ip_address=ip_address
    )


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
