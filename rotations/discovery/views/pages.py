"""Pages that explain, the versioned texts, and what machines look for."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from rotations.catalog.presets import PRESETS
from rotations.catalog.rules import (
    BALANCE_DAYS,
    DEPOSIT_PERCENT,
    FEE_PERCENT,
    deposit_of,
    service_fee,
    steps_of,
)
from rotations.conversations.rules import HOME_ZONE
from usce.accounts.texts import TEXTS, text_of
from usce.rights.retention import rules

HEADING = re.compile(r'<h2 id="([a-z-]+)">([^<]+)</h2>')
PRIVATE = ("/accounts/", "/applications", "/apply/", "/bookings/", "/d/", "/home", "/staff/", "/p/")
SECURITY_DAYS = timedelta(days=180)
EXAMPLE_CENTS = 150_000
EXAMPLE_AHEAD = timedelta(weeks=26)


@login_not_required
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One of the pages that explain."""
    context = PAGES[name](timezone.now())
    return render(request, f"discovery/pages/{name}.html", {**company(), **context})


@login_not_required
@require_safe
def text(request: HttpRequest, key: str, version: str = "") -> HttpResponse:
    """A text as it is now, or as it was when somebody agreed to it."""
    chosen = text_of(key, version)
    if chosen is None:
        raise Http404
    body = render_to_string(
        f"discovery/texts/{key}/{chosen.version}.html", {**company(), "retention": rules()}
    )
    context = {
        "text": chosen,
        "body": body,
        "contents": HEADING.findall(body),
        "versions": TEXTS[key],
        "is_newest": chosen == TEXTS[key][0],
    }
    return render(request, "discovery/text.html", context)


@login_not_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); without an address nobody is named."""
    if not settings.CONTACT_EMAIL:
        raise Http404
    expires = (timezone.now() + SECURITY_DAYS).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Contact: {settings.SITE_URL}{reverse('conversations:contact')}",
        f"Expires: {expires.isoformat()}",
        f"Policy: {settings.SITE_URL}{reverse('discovery:disclosure')}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('discovery:security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('discovery:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def company() -> dict[str, Any]:
    """Who runs the service, as far as the installation says."""
    return {
        "company": settings.COMPANY_NAME,
        "address": settings.COMPANY_ADDRESS,
        "people": settings.COMPANY_PEOPLE,
        "contact_email": settings.CONTACT_EMAIL,
    }


def _nothing(_now: datetime) -> dict[str, Any]:
    return {}


def _fees(_now: datetime) -> dict[str, Any]:
    """The parts of an example, by the functions that price a listing."""
    fee = service_fee(EXAMPLE_CENTS)
    deposit = deposit_of(EXAMPLE_CENTS, fee)
    total = EXAMPLE_CENTS + fee
    return {
        "fee_percent": FEE_PERCENT,
        "deposit_percent": DEPOSIT_PERCENT,
        "balance_days": BALANCE_DAYS,
        "lines": [
            {"label": "Rotation, to the provider", "amount_cents": EXAMPLE_CENTS},
            {"label": "Service fee, to Rounds", "amount_cents": fee},
        ],
        "total_cents": total,
        "deposit_cents": deposit,
        "balance_cents": total - deposit,
    }


def _refunds(now: datetime) -> dict[str, Any]:
    """Each preset worked through for a start half a year ahead."""
    start = _monday(now.date() + EXAMPLE_AHEAD)
    total = EXAMPLE_CENTS + service_fee(EXAMPLE_CENTS)
    presets = [
        {
            "name": name,
            "visa": visa,
            "delay": delay,
            "illness": illness,
            "dated": {"steps": steps_of(tiers, total_cents=total, starts_on=start, zone=HOME_ZONE)},
        }
        for name, tiers, (visa, delay, illness) in PRESETS.values()
    ]
    return {"presets": presets, "starts_on": start, "total_cents": total, "zone": HOME_ZONE}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


PAGES: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "how-it-works": _nothing,
    "for-providers": _fees,
    "trust": _nothing,
    "money": _fees,
    "fees": _fees,
    "refunds": _refunds,
    "complaints": _nothing,
    "accessibility": _nothing,
    "about": _nothing,
    "disclosure": _nothing,
}
