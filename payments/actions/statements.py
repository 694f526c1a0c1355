"""A closed month's statements are ready: each provider is told once."""

from datetime import datetime

from django.db import transaction

from payments.models import MonthClose
from payments.notifications.payouts import tell_statement
from payments.queries.statements import closing_of, providers_with_lines


def tell_statements(closed: MonthClose, *, now: datetime) -> int:
    """Tell every provider for whom something moved; safe to run again. How many there are."""
    told = 0
    for party in providers_with_lines(closed.month).iterator():
        with transaction.atomic():
            tell_statement(party, closed.month, closing_of(party, closed.month).total, now=now)
        told += 1
    return told
