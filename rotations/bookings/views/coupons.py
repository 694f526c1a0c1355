"""Coupons of a provider, and those of Rounds: what is out, a new one, the end of one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from rotations.bookings.actions import end_coupon, make_coupon
from rotations.bookings.actions.coupons import Terms
from rotations.bookings.forms import CouponForm, RoundsCouponForm
from rotations.bookings.models import Bearer, Coupon
from rotations.bookings.permissions import can_make_coupon
from rotations.bookings.queries import coupons_of, coupons_of_rounds
from rotations.catalog.queries import listings_at
from rotations.providers.models import Provider
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.paging import next_url, page_of
from usce.permissions import require


@require_http_methods(["GET", "POST"])
def provider_coupons(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user, provider = _team(request, provider_slug)
    form = CouponForm(_sent(request), rotations=listings_at(provider))
    if request.method == "POST" and form.is_valid() and _made(form, provider, user):
        messages.success(request, "The coupon counts now.")
        return redirect("bookings:provider-coupons", provider.slug)
    return _page(request, coupons_of(provider), form, {"provider": provider})


@require_POST
def provider_end(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, provider = _team(request, provider_slug)
    coupon = get_object_or_404(coupons_of(provider), public_id=public_id)
    end_coupon(coupon, actor=user, now=timezone.now())
    messages.success(request, "The coupon has ended; bookings with it keep their price.")
    return redirect("bookings:provider-coupons", provider.slug)


@require_http_methods(["GET", "POST"])
def staff_coupons(request: HttpRequest) -> HttpResponse:
    user = _finance(request)
    form = RoundsCouponForm(_sent(request))
    if request.method == "POST" and form.is_valid() and _made(form, None, user):
        messages.success(request, "The coupon counts now.")
        return redirect("bookings:coupons")
    return _page(request, coupons_of_rounds(), form, {})


@require_POST
def staff_end(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    coupon = get_object_or_404(coupons_of_rounds(), public_id=public_id)
    end_coupon(coupon, actor=user, now=timezone.now())
    messages.success(request, "The coupon has ended; bookings with it keep their price.")
    return redirect("bookings:coupons")


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _team(request: HttpRequest, slug: str) -> tuple[User, Provider]:
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_make_coupon(user, provider), "Owners and coordinators give out coupons.")
    return user, provider


def _finance(request: HttpRequest) -> User:
    user = signed_in(request)
    require(can_make_coupon(user, None), "Staff of finance give out coupons of Rounds.")
    return user


def _made(form: CouponForm, provider: Provider | None, user: User) -> bool:
    """False when the action refused; the form then says why. `provider` bears its own coupons."""
    told = form.cleaned_data
    try:
        make_coupon(
            Terms(
                code=told["code"],
                percent=told["percent"],
                cents=form.cents(),
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                most_uses=told["most_uses"],
                most_per_person=told["most_per_person"],
            ),
            provider=provider or told.get("provider"),
            rotation=told.get("rotation"),
            bearer=Bearer.PROVIDER if provider else Bearer.PLATFORM,
            actor=user,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error("code", refused.sentence)
        return False
    return True


def _page(
    request: HttpRequest, rows: QuerySet[Coupon], form: CouponForm, context: dict[str, Any]
) -> HttpResponse:
    page = page_of(rows, request.GET.get("after", ""))
    context |= {
        "form": form,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "today": timezone.now().date(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "bookings/coupons.html", context, status=status)
