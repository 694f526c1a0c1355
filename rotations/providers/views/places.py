"""The organization, its sites and its preceptors: the second and third screen, and later."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.providers.actions import save_place, save_preceptor, save_site
from rotations.providers.forms import (
    LearnersForm,
    PlaceForm,
    PreceptorForm,
    SiteForm,
    place_initial,
    preceptor_initial,
    site_initial,
)
from rotations.providers.models import Provider
from rotations.providers.pages import PLACE, PRECEPTOR, steps_to_listing
from rotations.providers.permissions import can_manage_listings
from rotations.providers.queries import preceptors_of, provider_for, sites_of
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
Save = Callable[[dict[str, Any]], object]


def managed(request: HttpRequest, slug: str) -> tuple[User, Provider]:
    """404 to strangers, 403 to those of the team who do not manage listings."""
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_listings(user, provider), "Owners and coordinators change this.")
    return user, provider


@GET_POST
def place(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user, provider = managed(request, provider_slug)
    first = sites_of(provider).order_by("id").first()
    form = PlaceForm(request.POST or None, initial=place_initial(provider, first))
    now = timezone.now()
    status = _saved(form, lambda told: save_place(provider, told, actor=user, now=now))
    if status == 0:
        return redirect("providers:first-preceptor", provider_slug)
    context = {"provider": provider, "form": form, "steps": steps_to_listing(provider, PLACE)}
    return render(request, "providers/place.html", context, status=status)


@GET_POST
def first_preceptor(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user, provider = managed(request, provider_slug)
    first = preceptors_of(provider).order_by("id").first()
    initial = preceptor_initial(first) if first else {}
    form = PreceptorForm(request.POST or None, initial=initial)
    now = timezone.now()
    status = _saved(
        form,
        lambda told: save_preceptor(provider, told, preceptor=first, actor=user, now=now),
    )
    if status == 0:
        return redirect("catalog:new", provider_slug)
    steps = steps_to_listing(provider, PRECEPTOR)
    context = {"provider": provider, "form": form, "steps": steps, "preceptor": first}
    return render(request, "providers/preceptor_step.html", context, status=status)


@GET_POST
def site(request: HttpRequest, provider_slug: str, public_id: str = "") -> HttpResponse:
    """A further site, or a correction of one."""
    user, provider = managed(request, provider_slug)
    found = get_object_or_404(sites_of(provider), public_id=public_id) if public_id else None
    form = SiteForm(request.POST or None, initial=site_initial(found) if found else {})
    now = timezone.now()
    status = _saved(form, lambda told: save_site(provider, told, site=found, actor=user, now=now))
    if status == 0:
        messages.success(request, "The site is saved.")
        return redirect("providers:team", provider_slug)
    context = {"provider": provider, "form": form, "site": found}
    return render(request, "providers/site.html", context, status=status)


@GET_POST
def preceptor(request: HttpRequest, provider_slug: str, public_id: str = "") -> HttpResponse:
    """A further preceptor, or a correction; what was looked up holds for one license only."""
    user, provider = managed(request, provider_slug)
    found = get_object_or_404(preceptors_of(provider), public_id=public_id) if public_id else None
    initial = preceptor_initial(found) if found else {"max_learners": 3}
    form = LearnersForm(request.POST or None, initial=initial)
    now = timezone.now()
    status = _saved(
        form,
        lambda told: save_preceptor(provider, told, preceptor=found, actor=user, now=now),
    )
    if status == 0:
        messages.success(request, "The preceptor is saved.")
        return redirect("providers:team", provider_slug)
    context = {"provider": provider, "form": form, "preceptor": found}
    return render(request, "providers/preceptor_edit.html", context, status=status)


def _saved(form: forms.Form, save: Save) -> int:
    """0 when it was saved; else the status of the page that shows the form again."""
    if not form.is_valid():
        return 422 if form.errors else 200
    try:
        save(form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return 409
    return 0
