from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.applications.models import Application
from rotations.applications.queries import applications_at, name_of
from rotations.applications.states import WITH_PROVIDER
from rotations.bookings.actions import make_offer, withdraw_offer
from rotations.bookings.forms import OfferForm, WithdrawForm
from rotations.bookings.models import Offer
from rotations.bookings.queries import offer_ends_at, offer_on
from rotations.bookings.rules import offer_end
from rotations.bookings.states import OfferState
from rotations.catalog.terms import freeze_terms, tax_for
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require


@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """The offer as the applicant will read it: to make, to look at, to withdraw."""
    user, now = signed_in(request), timezone.now()
    provider = provider_for(user, provider_slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators make offers.")
    application = get_object_or_404(applications_at(provider), public_id=public_id)
    ask_second_factor(request, user, now=now)
    made = offer_on(application)
    form, status = _form(request, application, made, now), 200
    if request.method == "POST" and form.is_valid():
        try:
            _act(made, application, form.cleaned_data, user, now)
            messages.success(request, "The offer is withdrawn." if made else "The offer is sent.")
            return redirect("applications:provider-detail", provider_slug, public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = {**_page(application, made, now), "form": form}
    return render(request, "bookings/provider_offer.html", context, status=status)


def _form(
    request: HttpRequest, application: Application, made: Offer | None, now: datetime
) -> OfferForm | WithdrawForm:
    data = request.POST or None
    if made is not None:
        return WithdrawForm(data)
    zone = ZoneInfo(application.rotation.site.time_zone)
    today, starts_on = now.astimezone(zone).date(), application.opening.starts_on
    return OfferForm(data, today=today, starts_on=starts_on)


def _act(
    made: Offer | None, application: Application, told: dict[str, Any], user: User, now: datetime
) -> None:
    if made is not None:
        withdraw_offer(made, reason=told["reason"], actor=user, now=now)
        return
    expires_at = offer_end(told["until_on"], application.rotation.site.time_zone)
    make_offer(application, expires_at=expires_at, actor=user, now=now)


def _page(application: Application, made: Offer | None, now: datetime) -> dict[str, Any]:
    rotation, opening = application.rotation, application.opening
    terms = made.terms if made else freeze_terms(rotation, opening, tax=tax_for(rotation, now))
    return {
        "application": application,
        "provider": application.rotation.provider,
        "name": name_of(application.applicant),
        "made": made,
        "ends_at": offer_ends_at(made, now) if made else None,
        "terms": terms,
        "can_make": made is None and application.state in WITH_PROVIDER,
        "can_withdraw": made is not None and made.state == OfferState.LIVE,
    }
