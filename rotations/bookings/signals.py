"""Facts of bookings, already committed; whoever missed one finds it in the rows."""

from django.dispatch import Signal

booking_confirmed = Signal()
"""Sent on commit with `booking_id`."""
