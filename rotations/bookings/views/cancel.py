"""Canceling a booking in two screens: the reason, then the exact sum and the card it goes to."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applicants.documents.queries import own_documents
from rotations.applications.queries import applications_at, name_of
from rotations.bookings.actions import (
    Why,
    ask_to_cancel,
    cancel_booking,
    cancel_for_host,
    withdraw_cancellation,
)
from rotations.bookings.forms import HostCancelForm, ReasonForm, WordsForm
from rotations.bookings.models import Booking
from rotations.bookings.pages import cancel_page, reasons_page
from rotations.bookings.permissions import can_cancel_for_rounds
from rotations.bookings.queries import (
    booked_at,
    bookings_for,
    confirmed_bookings,
    waiting_cancellation,
)
from rotations.bookings.quotes import quote_for
from rotations.bookings.reasons import OWN, Reason
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require


@require_GET
def reason(request: HttpRequest, public_id: str) -> HttpResponse:
    """First screen: why, with what each reason gives back today."""
    booking = _mine(signed_in(request), public_id)
    form = ReasonForm(request.GET if "reason" in request.GET else None)
    if form.is_valid():
        return _confirm(request, booking, form.cleaned_data["reason"])
    status = 422 if form.is_bound else 200
    context = {**reasons_page(booking, timezone.now()), "form": form}
    return render(request, "bookings/cancel.html", context, status=status)


@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Second screen sent: cancels at once, or asks staff to look at the paper."""
    user, now = signed_in(request), timezone.now()
    booking, form = _mine(user, public_id), WordsForm(request.POST)
    if not form.is_valid() or form.cleaned_data["reason"] not in OWN:
        return redirect("bookings:cancel", public_id)
    told = form.cleaned_data
    why = Why(told["reason"], told["words"], told["expected_cents"], told["way"] == "credit")
    try:
        if "proof" in request.POST:
            paper = request.POST["proof"]
            proof = get_object_or_404(own_documents(user), public_id=paper)
            ask_to_cancel(booking, why, proof, actor=user, now=now)
            messages.success(
                request, "We have your request. The seat stays yours until it is decided."
            )
        else:
            cancel_booking(booking, why, actor=user, now=now)
            messages.success(request, "The booking is canceled.")
    except Refused as refused:
        return _confirm(request, _mine(user, public_id), why.reason, refused.sentence, told["way"])
    return redirect("bookings:detail", public_id)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    waiting = waiting_cancellation(_mine(user, public_id))
    if waiting is not None:
        withdraw_cancellation(waiting, actor=user, now=timezone.now())
        messages.success(request, "The request is withdrawn; the seat stays yours.")
    return redirect("bookings:detail", public_id)


@require_http_methods(["GET", "POST"])
def provider_cancel(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """The provider cannot take the learner: everything goes back, and the seat is free."""
    user, now = signed_in(request), timezone.now()
    provider = provider_for(user, provider_slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators cancel bookings.")
    application = get_object_or_404(applications_at(provider), public_id=public_id)
    ask_second_factor(request, user, now=now)
    booking = booked_at(application)
    if booking is None:
        raise Http404
    context = {"provider": provider, "name": name_of(application.applicant)}
    return _host_page(request, booking, Reason.PROVIDER, context)


@require_http_methods(["GET", "POST"])
def staff_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rounds has to cancel, for trust: the same as if the provider did."""
    user = signed_in(request)
    if not user.is_staff:
        raise Http404
    require(can_cancel_for_rounds(user), "Staff for trust cancel bookings.")
    booking = get_object_or_404(confirmed_bookings(), public_id=public_id)
    context = {"name": name_of(booking.applicant)}
    return _host_page(request, booking, Reason.PLATFORM, context)


def _host_page(
    request: HttpRequest, booking: Booking, why: Reason, context: dict[str, Any]
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    form, status = HostCancelForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        told = Why(why, form.cleaned_data["words"], form.cleaned_data["expected_cents"])
        try:
            cancel_for_host(booking, told, actor=user, now=now)
            messages.success(request, "The booking is canceled and the applicant told.")
            if provider := context.get("provider"):
                number = booking.application.public_id
                return redirect("applications:provider-detail", provider.slug, number)
            return redirect("console:queue")
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    quote = quote_for(booking, why, at=now)
    context |= {
        "booking": booking,
        "application": booking.application,
        "quote": quote,
        "form": form,
    }
    return render(request, "bookings/host_cancel.html", context, status=status)


def _confirm(
    request: HttpRequest, booking: Booking, why: str, sentence: str = "", way: str = ""
) -> HttpResponse:
    context = cancel_page(booking, why, timezone.now()) | {"sentence": sentence, "way": way}
    status = 409 if sentence else 200
    return render(request, "bookings/cancel_confirm.html", context, status=status)


def _mine(user: User, public_id: str) -> Booking:
    return get_object_or_404(bookings_for(user), public_id=public_id)
