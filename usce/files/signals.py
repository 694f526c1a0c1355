"""Facts that files has committed, for slices above it."""

from django.dispatch import Signal

blob_checked = Signal()
"""Sent on commit with `blob_id` once a file left quarantine. Receivers also sweep."""
