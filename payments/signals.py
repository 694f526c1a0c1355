"""Facts that payments has committed, for slices above it."""

from django.dispatch import Signal

invoice_paid = Signal()
"""Sent on commit with `invoice_id`. Losing it loses nothing: receivers also sweep."""
