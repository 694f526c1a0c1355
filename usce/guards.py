"""Settings with which the service refuses to start."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
KEK_BYTES = 32
LIVE = ("sk_live", "rk_live")


def refuse_unsafe(values: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured naming every unsafe value at once."""
    found = unsafe(values)
    if found:
        raise ImproperlyConfigured(" ".join(found))


def unsafe(values: dict[str, Any]) -> list[str]:
    """A sentence for each value that must not be; production is held to more."""
    rules = {**_everywhere(values)}
    if values["environment"] == "production":
        rules |= _production(values)
    return [sentence for sentence, holds in rules.items() if holds]


def _everywhere(values: dict[str, Any]) -> dict[str, bool]:
    live = values["stripe_secret_key"].startswith(LIVE)
    return {
        "A live Stripe key stands beside DEBUG.": live and values["debug"],
        "A live Stripe key stands beside STRIPE_API_BASE, a sandbox address.": live
        and bool(values["stripe_api_base"]),
        "A live Stripe key needs an https SITE_URL.": live
        and not values["site_url"].startswith("https://"),
    }


def _production(values: dict[str, Any]) -> dict[str, bool]:
    key = values["stripe_secret_key"]
    return {
        "DEBUG is on.": values["debug"],
        "SECRET_KEY is missing or shorter than 50 characters.": len(values["secret_key"])
        < SHORTEST_SECRET
        or len(set(values["secret_key"])) < SHORTEST_SECRET // 5,
        "SITE_URL is not https.": not values["site_url"].startswith("https://"),
        "STRIPE_SECRET_KEY is not a live key.": not key.startswith(LIVE),
        "STRIPE_WEBHOOK_SECRET is missing.": not all(values["stripe_webhook_secrets"] or [""]),
        "STRIPE_API_BASE is set: a sandbox address.": bool(values["stripe_api_base"]),
        "FILES_KEK is not 32 bytes.": len(values["files_kek"]) != KEK_BYTES,
        "CLAMAV_ADDRESS is missing.": not values["clamav_address"],
        "EMAIL_URL is missing or the development mailbox.": values["email_url"] in ("", "dev://"),
        "CRASH_AT is set.": bool(os.environ.get("CRASH_AT")),
    }
