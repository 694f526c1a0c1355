"""Mails about a person's own data: all of them leave."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register
from usce.rights.models import DataExport, Erasure, ErasureCause
from usce.ui.dates import day_short

SAMPLE = {"path": "/settings/privacy"}

READY = register(
    Event(
        "rights.export_ready",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your data export is ready until {{ until }}",
        "emails/rights/export_ready",
        {"until": "10 May 2027"} | SAMPLE,
    )
)
PLANNED = register(
    Event(
        "rights.erasure_planned",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your account will be deleted on {{ day }}",
        "emails/rights/erasure_planned",
        {"day": "24 May 2027", "is_under_18": False} | SAMPLE,
    )
)
KEPT = register(
    Event(
        "rights.erasure_canceled",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your account stays",
        "emails/rights/erasure_canceled",
        SAMPLE,
    )
)
WAITS = register(
    Event(
        "rights.erasure_waits",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your account cannot be deleted yet",
        "emails/rights/erasure_waits",
        {"reasons": ["Your rotation R-1042 runs until Friday 31 July 2026."]} | SAMPLE,
    )
)
DONE = register(
    Event(
        "rights.erased",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your account was deleted on {{ day }}",
        "emails/rights/erased",
        {"day": "24 May 2027", "is_under_18": False},
    )
)


def tell_ready(export: DataExport, *, now: datetime) -> None:
    facts = {
        "until": _day(export.expires_at, export.user),
        "path": reverse("console:privacy"),
    }
    key = f"rights.export_ready:{export.public_id}"
    notify(READY.name, to=export.user, facts=facts, unique_key=key, now=now)


def tell_planned(erasure: Erasure, *, now: datetime) -> None:
    facts = {
        "day": _day(erasure.planned_for, erasure.user),
        "is_under_18": erasure.cause == ErasureCause.UNDER_18,
        "path": reverse("console:delete"),
    }
    key = f"rights.erasure_planned:{erasure.public_id}"
    # Nothing is delivered to an account that is closed, so that one hears of it at the address.
    is_closed = erasure.cause == ErasureCause.UNDER_18
    to = erasure.user.email if is_closed else erasure.user
    notify(PLANNED.name, to=to, facts=facts, unique_key=key, now=now)


def tell_kept(erasure: Erasure, *, now: datetime) -> None:
    facts = {"path": reverse("console:privacy")}
    key = f"rights.erasure_canceled:{erasure.public_id}"
    notify(KEPT.name, to=erasure.user, facts=facts, unique_key=key, now=now)


def tell_waiting(erasure: Erasure, reasons: list[str], *, now: datetime) -> None:
    """Once: the page tells from then on."""
    facts = {"reasons": reasons, "path": reverse("console:delete")}
    key = f"rights.erasure_waits:{erasure.public_id}"
    notify(WAITS.name, to=erasure.user, facts=facts, unique_key=key, now=now)


def tell_done(erasure: Erasure, *, now: datetime) -> None:
    """To the bare address: the account is closed from this moment."""
    facts = {
        "day": _day(now, erasure.user),
        "is_under_18": erasure.cause == ErasureCause.UNDER_18,
    }
    key = f"rights.erased:{erasure.public_id}"
    notify(DONE.name, to=erasure.user.email, facts=facts, unique_key=key, now=now)


def _day(at: datetime | None, person: User) -> str:
    zone = ZoneInfo(person.time_zone)
    return day_short(at.astimezone(zone).date()) if at else ""
