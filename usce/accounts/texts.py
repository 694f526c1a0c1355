"""Versions of what a person agrees to; a changed text gets a new version and is asked for again."""

TERMS = "2026-11-draft"
ADULT = "2026-11-draft"
PROVIDER_AGREEMENT = "2026-11-draft"
