"""A closed month's statements are ready: each provider is told once."""

from datetime import datetime

from django.db import transaction

from payments.models import MonthClose
from payments.notifications.payouts import tell_statement
from payments.queries.statements import providers_with_lines, statement_of


def tell_statements(closed: MonthClose, *, now: datetime) -> int:
    """Tell every provider for whom something moved; safe to run again. How many there are."""
    told = 0
    for party in providers_with_lines(closed.month).iterator():
        if found := statement_of(party, closed.month, now):
            with transaction.atomic():
                tell_statement(party, found.month, found.closing.total, now=now)
            told += 1
    return told
