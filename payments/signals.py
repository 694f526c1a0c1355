"""Facts that payments has committed, for slices above it."""

from django.dispatch import Signal

invoice_paid = Signal()
"""Sent on commit with `invoice_id`. Losing it loses nothing: receivers also sweep."""

evidence_wanted = Signal()
"""Sent with `invoice` when a bank disputes its charge. A receiver returns what its slice can show:
fields of Stripe's dispute evidence -> text."""

card_refused = Signal()
"""Sent on commit with `invoice_id`: a kept card was not charged, and the payer has to pay."""
