"""The rooms of a listing: its page, requirements, price and refunds, history."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rotations.catalog.actions import (
    ChangedMeanwhile,
    save_page,
    save_price,
    save_requirements,
)
from rotations.catalog.forms import (
    PageForm,
    PriceForm,
    RequirementsForm,
    money_initial,
    page_initial,
    rules_initial,
)
from rotations.catalog.models import Rotation
from rotations.catalog.pages import (
    HISTORY,
    PAGE,
    PRICE,
    RULES,
    differences,
    done,
    room,
    see_again,
)
from rotations.catalog.queries import history_of_listing, listing_of, who_would_qualify
from rotations.providers.pages import ROTATION
from rotations.providers.permissions import can_manage_listings
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.paging import next_url, page_of
from usce.permissions import require

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
MANAGERS = "Owners and coordinators change listings."
Save = Callable[[dict[str, Any]], object]
Initial = Callable[[Rotation], dict[str, Any]]


def managed(request: HttpRequest, slug: str, public_id: str) -> tuple[User, Rotation]:
    """404 to strangers and for listings of others, 403 to those who do not manage listings."""
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_listings(user, provider), MANAGERS)
    return user, listing_of(provider, public_id)


@GET_POST
def page(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, rotation = managed(request, provider_slug, public_id)
    form = PageForm(request.POST or None, initial=page_initial(rotation), rotation=rotation)
    now = timezone.now()

    def save(told: dict[str, Any]) -> None:
        matrix = form.matrix()
        save_page(rotation, told, matrix=matrix, seen=told["seen"], actor=user, now=now)

    return _edited(request, rotation, form, page_initial, save, PAGE)


@GET_POST
def requirements(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, rotation = managed(request, provider_slug, public_id)
    form = RequirementsForm(request.POST or None, initial=rules_initial(rotation))
    now = timezone.now()

    def save(told: dict[str, Any]) -> None:
        save_requirements(rotation, form.rules(), seen=told["seen"], actor=user, now=now)

    return _edited(request, rotation, form, rules_initial, save, RULES)


@GET_POST
def price(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, rotation = managed(request, provider_slug, public_id)
    form = PriceForm(request.POST or None, initial=money_initial(rotation))
    now = timezone.now()

    def save(told: dict[str, Any]) -> None:
        names = ("price_cents", "price_per", "refunds", "seen")
        save_price(rotation, **{name: told[name] for name in names}, actor=user, now=now)

    return _edited(request, rotation, form, money_initial, save, PRICE)


@require_GET
def history(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    _user, rotation = managed(request, provider_slug, public_id)
    lines = page_of(history_of_listing(rotation), request.GET.get("after", ""))
    context = {
        **room(rotation, HISTORY, ROTATION),
        "lines": [done(entry) for entry in lines.items],
        "next_url": next_url(request, lines.next_cursor),
    }
    return render(request, "catalog/history.html", context)


def _edited(
    request: HttpRequest,
    rotation: Rotation,
    form: forms.Form,
    initial: Initial,
    save: Save,
    tab: str,
) -> HttpResponse:
    """Save, or show the form again with what was typed; of two versions, both."""
    status, theirs = 422 if form.errors else 200, []
    if form.is_valid():
        try:
            save(form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect(f"catalog:{tab}", rotation.provider.slug, rotation.public_id)
        except ChangedMeanwhile as changed:
            theirs = differences(form, initial(rotation))
            form.add_error(None, changed.sentence)
            see_again(form, rotation)
            status = 409
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    context = {
        **room(rotation, tab, ROTATION),
        "form": form,
        "theirs": theirs,
        "fit": who_would_qualify(rotation, _today()),
    }
    return render(request, f"catalog/{tab}.html", context, status=status)


def _today() -> Any:
    now: datetime = timezone.now()
    return now.date()
