from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rotations.applications.queries import applications_at
from rotations.applications.states import ApplicationState
from rotations.console.queries import (
    SHOWN_STATES,
    learners_at,
    returned_to,
    seats_at,
    waiting_at,
)
from rotations.providers.models import Provider
from rotations.providers.queries import providers_of
from usce.accounts.people import signed_in
from usce.paging import next_url, page_of
from usce.ui.words import word_for


def _mine(request: HttpRequest, slug: str) -> Provider:
    provider = providers_of(signed_in(request)).filter(slug=slug).first()
    if provider is None:
        raise Http404
    return provider


@require_GET
def home(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Today: who waits for an answer, who comes next, which dates are open."""
    provider = _mine(request, provider_slug)
    today = timezone.now().date()
    context = {
        "provider": provider,
        "waiting": waiting_at(provider),
        "learners": learners_at(provider, today),
        "openings": seats_at(provider, today),
        "returned": returned_to(provider),
    }
    return render(request, "console/provider_home.html", context)


@require_GET
def applicants(request: HttpRequest, provider_slug: str) -> HttpResponse:
    provider = _mine(request, provider_slug)
    state = request.GET.get("state", "")
    rows = applications_at(provider)
    if state in ApplicationState.values:
        rows = rows.filter(state=state)
    page = page_of(rows, request.GET.get("after", ""))
    context = {
        "provider": provider,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "state": state,
        "tabs": [(s.value, word_for(s).label) for s in SHOWN_STATES],
    }
    return render(request, "console/provider_applicants.html", context)
