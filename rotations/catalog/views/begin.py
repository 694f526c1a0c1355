"""The fourth screen and the sixth: begin a listing from a preset, look at it and submit it."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.catalog.actions import (
    Basics,
    NotReady,
    begin_listing,
    choose_refunds,
    restart_listing,
    submit_rotation,
)
from rotations.catalog.forms import PlacedForm, SubmitForm, money_initial
from rotations.catalog.models import Rotation
from rotations.catalog.pages import PAGE, room
from rotations.catalog.queries import first_draft, upcoming_openings, who_would_qualify
from rotations.catalog.states import RotationState
from rotations.catalog.terms import price_lines, tax_for
from rotations.catalog.views.rooms import managed
from rotations.providers.actions import submit_provider
from rotations.providers.models import Provider
from rotations.providers.pages import PREVIEW, ROTATION, next_about, steps_to_listing
from rotations.providers.permissions import can_manage_listings
from rotations.providers.queries import preceptors_of, provider_for, sites_of
from rotations.providers.states import ProviderState
from usce.accounts.actions import record_consent
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.accounts.queries import has_agreed
from usce.accounts.texts import PROVIDER_AGREEMENT
from usce.errors import Refused
from usce.permissions import require

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
PURPOSE = "provider_agreement"
FACTOR = (
    "One more step first: a second factor, since applicants' papers will be open to you. "
    "Your listing is saved; submit it from Today afterwards."
)


@GET_POST
def new(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Four answers; on the way to the first listing they are given again to the same draft."""
    user = signed_in(request)
    provider = provider_for(user, provider_slug)
    require(can_manage_listings(user, provider), "Owners and coordinators list rotations.")
    if missing := next_about(provider):
        return redirect(missing[1])
    draft = first_draft(provider) if provider.state == ProviderState.DRAFT else None
    form = PlacedForm(request.POST or None, initial=_initial(provider, draft), provider=provider)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            made = _begun(form, provider, draft, user, timezone.now())
            return redirect("catalog:dates", provider_slug, made.public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    rotation_id = draft.public_id if draft else ""
    context = {
        "provider": provider,
        "form": form,
        "draft": draft,
        "steps": steps_to_listing(provider, ROTATION, rotation_id),
    }
    return render(request, "catalog/new.html", context, status=status)


@GET_POST
def preview(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """The finished listing before any proof is asked; refunds, agreement and factor with it."""
    user, rotation = managed(request, provider_slug, public_id)
    if rotation.state != RotationState.DRAFT:
        return redirect("catalog:page", provider_slug, public_id)
    agreed = has_agreed(user, PURPOSE, PROVIDER_AGREEMENT)
    form = SubmitForm(request.POST or None, initial=money_initial(rotation), has_agreed=agreed)
    now = timezone.now()
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            _submit(request, user, rotation, form, now)
            messages.success(request, f"{rotation.title} is with our staff.")
            return redirect("console:provider-home", provider_slug)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    openings = list(upcoming_openings(rotation, now.date()))
    tax = tax_for(rotation, now)
    lines = price_lines(rotation, openings[0], tax=tax) if openings else []
    context = {
        **room(rotation, PAGE, PREVIEW),
        "form": form,
        "openings": openings,
        "lines": lines,
        "total_cents": sum(line["amount_cents"] for line in lines),
        "fit": who_would_qualify(rotation, now.date()),
    }
    return render(request, "catalog/preview.html", context, status=status)


def _begun(
    form: PlacedForm, provider: Provider, draft: Rotation | None, user: User, now: datetime
) -> Rotation:
    told = form.cleaned_data
    basics = Basics(
        told["specialty"], told["kind"], told["weeks"], told["price_cents"], told["price_per"]
    )
    if draft is not None:
        return restart_listing(draft, basics, actor=user, now=now)
    return begin_listing(
        provider, basics, site=told["site"], preceptor=told["preceptor"], actor=user, now=now
    )


def _submit(
    request: HttpRequest, user: User, rotation: Rotation, form: SubmitForm, now: datetime
) -> None:
    """What was chosen is kept before the second factor is asked, so nothing is lost on the way."""
    choose_refunds(rotation, form.cleaned_data["refunds"], actor=user, now=now)
    if not upcoming_openings(rotation, now.date()).exists():
        raise NotReady("Offer at least one date before you submit it.")
    if "agreed" in form.fields:
        address = request.META.get("REMOTE_ADDR")
        record_consent(user, PURPOSE, PROVIDER_AGREEMENT, ip_address=address, now=now)
    ask_second_factor(request, user, now=now, because=FACTOR)
    with transaction.atomic():
        if rotation.provider.state == ProviderState.DRAFT:
            submit_provider(rotation.provider, actor=user, now=now)
        submit_rotation(rotation, actor=user, now=now)


def _initial(provider: Provider, draft: Rotation | None) -> dict[str, object]:
    if draft is not None:
        told = {name: getattr(draft, name) for name in ("kind", "weeks")}
        places = {"site": draft.site_id, "preceptor": draft.preceptor_id}
        return {**told, **places, **money_initial(draft), "specialty": draft.specialty_id}
    first = preceptors_of(provider).order_by("id").first()
    site = sites_of(provider).order_by("id").first()
    return {"specialty": first and first.specialty_id, "preceptor": first, "site": site}
