from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rotations.applications.queries import applicants_matching
from rotations.console.forms import ApplicantsForm
from rotations.console.nextline import first_listing_line
from rotations.console.queries import (
    bookings_at,
    ended_at,
    learners_at,
    returned_to,
    rotations_at,
    seats_at,
    waiting_at,
)
from rotations.placements.queries import open_counts
from rotations.providers.models import Provider
from rotations.providers.permissions import (
    can_manage_applicants,
    can_manage_listings,
    can_manage_openings,
)
from rotations.providers.queries import providers_of
from usce.accounts.people import signed_in
from usce.paging import next_url, page_by_day, page_of
from usce.permissions import require


def _mine(request: HttpRequest, slug: str) -> Provider:
    provider = providers_of(signed_in(request)).filter(slug=slug).first()
    if provider is None:
        raise Http404
    return provider


def _seen(request: HttpRequest, slug: str) -> Provider:
    """403 to those of the team who see no applicants."""
    provider = _mine(request, slug)
    sentence = "Owners and coordinators see applicants."
    require(can_manage_applicants(signed_in(request), provider), sentence)
    return provider


@require_GET
def home(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Today: who waits for an answer, who comes next, which dates are open."""
    provider = _mine(request, provider_slug)
    today = timezone.now().date()
    sees = can_manage_applicants(signed_in(request), provider)
    context = {
        "provider": provider,
        "first_listing": first_listing_line(provider),
        "sees": sees,
        "waiting": waiting_at(provider) if sees else [],
        "learners": learners_at(provider, today) if sees else [],
        "openings": seats_at(provider, today),
        "returned": returned_to(provider),
    }
    return render(request, "console/provider_home.html", context)


@require_GET
def rotations(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Every listing with its state, next start, free seats and how many applicants wait."""
    provider = _mine(request, provider_slug)
    user = signed_in(request)
    rows = rotations_at(provider, timezone.now().date())
    page = page_of(rows, request.GET.get("after", ""))
    context = {
        "provider": provider,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "may_edit": can_manage_listings(user, provider),
        "may_schedule": can_manage_openings(user, provider),
    }
    return render(request, "console/provider_rotations.html", context)


@require_GET
def learners(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """The roster: who is confirmed, by start date; or whose last day has passed."""
    provider, now = _seen(request, provider_slug), timezone.now()
    today = now.date()
    after, has_ended = request.GET.get("after", ""), "ended" in request.GET
    if has_ended:
        page = page_of(ended_at(provider, today), after)
    else:
        page = page_by_day(bookings_at(provider, today), after, by="starts_on")
    days = open_counts(page.items, now)
    context = {
        "provider": provider,
        "page": page,
        "lines": [(booking, *days.get(booking.pk, ("", 0))) for booking in page.items],
        "next_url": next_url(request, page.next_cursor),
        "has_ended": has_ended,
        "tabs": [
            {"label": "Now and to come", "url": request.path, "current": not has_ended},
            {"label": "Ended", "url": "?ended=yes", "current": has_ended},
        ],
        "today": today,
    }
    return render(request, "console/provider_learners.html", context)


@require_GET
def applicants(request: HttpRequest, provider_slug: str) -> HttpResponse:
    provider = _seen(request, provider_slug)
    form = ApplicantsForm(request.GET, provider=provider)
    rows = applicants_matching(provider, **form.wanted())
    page = page_of(rows, request.GET.get("after", ""))
    context = {
        "provider": provider,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "form": form,
    }
    return render(request, "console/provider_applicants.html", context)
