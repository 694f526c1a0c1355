"""The fifth screen, and later the room of dates: add blocks, change seats, close, cancel."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from rotations.catalog.actions import (
    add_blocks,
    cancel_opening,
    change_seats,
    close_opening,
    reopen_opening,
)
from rotations.catalog.forms import BlocksForm, CancelForm, SeatsForm
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.pages import DATES, room
from rotations.catalog.queries import (
    coming_openings,
    ended_openings,
    listing_of,
    openings_of,
)
from rotations.catalog.states import OpeningState
from rotations.providers.pages import DATES as DATES_STEP
from rotations.providers.permissions import can_manage_listings, can_manage_openings
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.paging import next_url, page_by_day, page_of
from usce.permissions import require

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_POST
def dates(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, rotation = _scheduled(request, provider_slug, public_id)
    now = timezone.now()
    form = BlocksForm(request.POST or None, today=_today(rotation, now))
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            made = add_blocks(rotation, **form.cleaned_data, actor=user, now=now)
            messages.success(request, f"{len(made)} block{'' if len(made) == 1 else 's'} added.")
            return redirect(_following(user, rotation), provider_slug, public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    return _page(request, user, rotation, form, status=status)


@require_POST
def close(
    request: HttpRequest, provider_slug: str, public_id: str, opening_id: str
) -> HttpResponse:
    """Close open dates; open closed ones again."""
    user, _rotation, opening = _one(request, provider_slug, public_id, opening_id)
    act = close_opening if opening.state == OpeningState.OPEN else reopen_opening
    act(opening, actor=user, now=timezone.now())
    return redirect("catalog:dates", provider_slug, public_id)


@require_POST
def seats(
    request: HttpRequest, provider_slug: str, public_id: str, opening_id: str
) -> HttpResponse:
    user, rotation, opening = _one(request, provider_slug, public_id, opening_id)
    form = SeatsForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Give the number of seats.")
        return _page(request, user, rotation, _blank(rotation), status=422)
    change_seats(opening, form.cleaned_data["seats"], actor=user, now=timezone.now())
    return redirect("catalog:dates", provider_slug, public_id)


@GET_POST
def cancel(
    request: HttpRequest, provider_slug: str, public_id: str, opening_id: str
) -> HttpResponse:
    """Withdraw dates with a reason; refused with a sentence while learners hold seats."""
    user, rotation, opening = _one(request, provider_slug, public_id, opening_id)
    form = CancelForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            cancel_opening(opening, reason=reason, actor=user, now=timezone.now())
            messages.success(request, "The dates are canceled; whoever applied is being told.")
            return redirect("catalog:dates", provider_slug, public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    context = {"provider": rotation.provider, "rotation": rotation, "opening": opening}
    return render(request, "catalog/cancel.html", {**context, "form": form}, status=status)


def _scheduled(request: HttpRequest, slug: str, public_id: str) -> tuple[User, Rotation]:
    user = signed_in(request)
    provider = provider_for(user, slug)
    sentence = "Owners, coordinators and schedulers change dates."
    require(can_manage_openings(user, provider), sentence)
    return user, listing_of(provider, public_id)


def _one(
    request: HttpRequest, slug: str, public_id: str, opening_id: str
) -> tuple[User, Rotation, Opening]:
    user, rotation = _scheduled(request, slug, public_id)
    return user, rotation, get_object_or_404(openings_of(rotation), public_id=opening_id)


def _following(user: User, rotation: Rotation) -> str:
    """A draft goes on to its preview, for those who may submit it."""
    goes_on = rotation.is_draft and can_manage_listings(user, rotation.provider)
    return "catalog:preview" if goes_on else "catalog:dates"


def _blank(rotation: Rotation) -> BlocksForm:
    return BlocksForm(today=_today(rotation, timezone.now()))


def _today(rotation: Rotation, now: datetime) -> date:
    return now.astimezone(ZoneInfo(rotation.site.time_zone)).date()


def _page(
    request: HttpRequest, user: User, rotation: Rotation, form: BlocksForm, *, status: int = 200
) -> HttpResponse:
    today, after = _today(rotation, timezone.now()), request.GET.get("after", "")
    has_ended = "ended" in request.GET
    if has_ended:
        page = page_of(ended_openings(rotation, today), after)
    else:
        page = page_by_day(coming_openings(rotation, today), after, by="starts_on")
    context = {
        **room(rotation, DATES, DATES_STEP),
        "form": form,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "has_ended": has_ended,
        "may_edit": can_manage_listings(user, rotation.provider),
    }
    return render(request, "catalog/dates.html", context, status=status)
