"""A month's books are shut: its statement is kept, and no entry is dated in it any more."""

from datetime import UTC, date, datetime

from django.db import connection, transaction

from payments.models import MonthClose
from payments.permissions import can_move_money
from payments.queries.books import balances_at, first_open_month, open_differences_in
from payments.rules import month_after, month_of, start_of
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.permissions import require

LOCK = "SELECT pg_advisory_xact_lock(hashtext('payments_month_close'))"


class NotClosable(Refused):
    pass


def close_month(month: date, *, actor: User, now: datetime) -> MonthClose:
    """Close the oldest open month, once it is over and nothing in it differs from Stripe.

    Its statements are final then, and providers are told.
    """
    require(can_move_money(actor))
    if month >= month_of(now):
        raise NotClosable("This month is not over yet.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        oldest = first_open_month()
        if oldest is None or month != oldest:
            raise NotClosable("Months are closed one after the other; another one comes first.")
        if open_differences_in(start_of(month), start_of(month_after(month))):
            raise NotClosable("Stripe and the ledger do not agree yet on something in this month.")
        closed = MonthClose.objects.create(
            month=month,
            balances=balances_at(start_of(month_after(month))),
            closed_by=actor,
            closed_at=now.astimezone(UTC),
        )
        record("payments.month.closed", closed, actor=actor, now=now)
        enqueue("payments.tell_statements", month_id=closed.pk)
    return closed
