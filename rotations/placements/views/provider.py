"""Learners' days as the provider's team keeps them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.placements.actions import Host
from rotations.placements.desk import Desk, Learner
from rotations.placements.pages import learner_of, learners_of
from rotations.placements.queries import placements_at, waiting_at
from rotations.providers.models import Provider
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require

GET_POST = require_http_methods(["GET", "POST"])


@GET_POST
def waiting(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Every day of every learner that has come and is not settled."""
    provider = _managed(request, provider_slug)
    now = timezone.now()
    here = reverse("placements:waiting", args=[provider_slug])
    return _desk(
        request,
        provider,
        lambda: learners_of(waiting_at(provider, now)),
        template="placements/waiting.html",
        here=here,
    )


@GET_POST
def learner(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """One learner: every day that has come, to settle or to correct; make-up days and pauses."""
    provider = _managed(request, provider_slug)
    now = timezone.now()
    found = placements_at(provider)
    return _desk(
        request,
        provider,
        lambda: [learner_of(get_object_or_404(found, public_id=public_id), now)],
        template="placements/learner.html",
        here=reverse("placements:learner", args=[provider_slug, public_id]),
    )


def _desk(
    request: HttpRequest,
    provider: Provider,
    learners: Callable[[], list[Learner]],
    *,
    template: str,
    here: str,
) -> HttpResponse:
    """Show the days; save what was posted, and show them afresh when it was refused."""
    now, sentence = timezone.now(), ""
    host = Host(user=signed_in(request))
    data = request.POST if request.method == "POST" else None
    desk = Desk(learners(), host=host, now=now, data=data)
    try:
        if said := desk.save():
            messages.success(request, said)
            return redirect(here)
    except Refused as refused:
        sentence, desk = refused.sentence, Desk(learners(), host=host, now=now)
    context = {"provider": provider, "desk": desk, "sentence": sentence}
    status = 409 if sentence else 422 if data is not None else 200
    return render(request, template, context, status=status)


def _managed(request: HttpRequest, slug: str) -> Provider:
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators see learners.")
    return provider
