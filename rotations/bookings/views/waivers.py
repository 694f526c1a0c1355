"""Fee waivers: the applicant asks, two of finance decide without knowing about whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.bookings.actions import ask_for_waiver, review_waiver, set_waiver_budget
from rotations.bookings.actions.waivers import CASE
from rotations.bookings.forms import BudgetForm, WaiverForm, WaiverReviewForm
from rotations.bookings.models import Bearer
from rotations.bookings.permissions import can_review_waivers, can_set_waiver_budget
from rotations.bookings.queries import (
    current_waiver,
    live_booking_of,
    offers_for,
    waiver_budget_left,
    waiver_budgets,
    waiver_reviews,
)
from rotations.bookings.rules import left_of
from usce.accounts.people import signed_in
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.permissions import require


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """The applicant's own page: a short statement, and what becomes of it."""
    user, now = signed_in(request), timezone.now()
    offer = get_object_or_404(offers_for(user), public_id=public_id)
    form, status = WaiverForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                ask_for_waiver(offer, statement=form.cleaned_data["text"], actor=user, now=now)
                messages.success(request, "We have your request.")
                return redirect("bookings:offer", public_id)
            except Refused as refused:
                form.add_error(None, refused.sentence)
                status = 409
    context = {
        "offer": offer,
        "application": offer.application,
        "fee_cents": left_of(offer.terms, Bearer.PLATFORM, ()),
        "waiver": current_waiver(offer),
        "booking": live_booking_of(offer),
        "form": form,
    }
    return render(request, "bookings/waiver.html", context, status=status)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Statement, sum and what is left of the budget; nothing that tells who asks."""
    user, now = signed_in(request), timezone.now()
    require(can_review_waivers(user), "People of finance decide about fee waivers.")
    found = get_object_or_404(waiver_reviews(), public_id=public_id)
    form, status = WaiverReviewForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        case = live_case(CASE, found)
        if form.is_valid():
            told = form.cleaned_data
            try:
                is_for = told["decision"] == "waive"
                review_waiver(found, is_for=is_for, note=told["note"], actor=user, now=now)
                messages.success(request, "Your decision is written down.")
                return redirect(next_address(case, filter_of(request)))
            except Refused as refused:
                form.add_error(None, refused.sentence)
                found, status = get_object_or_404(waiver_reviews(), public_id=public_id), 409
    context = {
        "found": found,
        "waiver": found.waiver,
        "is_mine": found.reviewer_id == user.pk,
        "left_cents": waiver_budget_left(now.year),
        "form": form,
        "line": line_on(CASE, found, request, now),
    }
    return render(request, "bookings/waiver_review.html", context, status=status)


@require_http_methods(["GET", "POST"])
def budgets(request: HttpRequest) -> HttpResponse:
    """What may be waived in each year, and what of it is granted."""
    user, now = signed_in(request), timezone.now()
    require(can_set_waiver_budget(user), "People of finance set the budget.")
    form, status = (
        BudgetForm(request.POST if request.method == "POST" else None, year=now.year),
        200,
    )
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                set_waiver_budget(form.cleaned_data["year"], form.cents(), actor=user, now=now)
                messages.success(request, "The budget is set.")
                return redirect("bookings:waiver-budgets")
            except Refused as refused:
                form.add_error("dollars", refused.sentence)
                status = 409
    context = {"budgets": waiver_budgets(), "form": form}
    return render(request, "bookings/waiver_budgets.html", context, status=status)
