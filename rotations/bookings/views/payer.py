"""Somebody else pays: asked by the applicant, at a door that needs no account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rotations.bookings.actions import ask_payer, begin_payer_payment, take_back_payer
from rotations.bookings.actions.payers import SCOPE, SUBJECT
from rotations.bookings.forms import PartForm, PayerForm
from rotations.bookings.models import PayerRequest
from rotations.bookings.pages import payer_door_page, payer_page
from rotations.bookings.queries import booking_again, bookings_for, open_payer_requests
from rotations.bookings.queries import payer_request as request_behind
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.links.queries import find


@require_http_methods(["GET", "POST"])
def payer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whom to ask, and what that person will see."""
    user, now = signed_in(request), timezone.now()
    booking = get_object_or_404(bookings_for(user), public_id=public_id)
    form, status = PayerForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_payer(booking, **form.cleaned_data, actor=user, now=now)
            messages.success(request, f"The link is on its way to {asked.payer.email}.")
            return redirect("bookings:payer", public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = {**payer_page(booking, now), "form": form}
    return render(request, "bookings/payer.html", context, status=status)


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    booking = get_object_or_404(bookings_for(user), public_id=public_id)
    for asked in open_payer_requests(booking):
        take_back_payer(asked, actor=user, now=timezone.now())
    messages.success(request, "The link opens nothing any more.")
    return redirect("bookings:payer", public_id)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows for whom, what, how much and the terms; POST leads to the payment page."""
    now = timezone.now()
    asked = _behind(token)
    if asked is None:
        return render(request, "bookings/payer_ended.html", status=410)
    form, sentence = PartForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        try:
            payment = begin_payer_payment(asked, path=request.path, cents=form.cents(), now=now)
            return HttpResponse(status=303, headers={"Location": payment.checkout_url})
        except Refused as refused:
            sentence, asked = refused.sentence, request_behind(asked.pk)
    context = payer_door_page(asked, now) | {
        "form": form,
        "sentence": sentence,
        "checkout": request.GET.get("checkout", ""),
        "token": token,
    }
    status = 409 if sentence else 422 if form.errors else 200
    return render(request, "bookings/payer_door.html", context, status=status)


def _behind(token: str) -> PayerRequest | None:
    found = find(token, scope=SCOPE, now=timezone.now())
    if found is None or found.subject_type != SUBJECT:
        return None
    asked = request_behind(found.subject_id)
    asked.booking = booking_again(asked.booking)
    return asked
