from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rotations.applications.queries import own_applications
from rotations.bookings.actions import (
    accept_offer,
    ask_after_payment,
    begin_payment,
    decline_offer,
    look_at_coupon,
    pay_with_credit,
    remove_card,
)
from rotations.bookings.forms import AcceptForm, CodeForm, CreditForm, PartForm
from rotations.bookings.models import Booking, Offer
from rotations.bookings.notifications import calendar_of
from rotations.bookings.pages import booking_page, offer_page
from rotations.bookings.queries import (
    bookings_for,
    last_booking_of,
    live_booking_of,
    offer_on,
    offers_for,
)
from rotations.bookings.rules import Cut
from rotations.bookings.states import BOOKED, BookingState
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused


@require_GET
def of_application(request: HttpRequest, public_id: str) -> HttpResponse:
    """The booking of the application, else its offer."""
    user = signed_in(request)
    application = get_object_or_404(own_applications(user), public_id=public_id)
    if booking := last_booking_of(application):
        return redirect("bookings:detail", booking.public_id)
    if offer := offer_on(application):
        return redirect("bookings:offer", offer.public_id)
    raise Http404


@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything one must know before paying; accepting holds the seat and leads to payment."""
    user, now = signed_in(request), timezone.now()
    found = get_object_or_404(offers_for(user), public_id=public_id)
    form, status = AcceptForm(request.POST or None), 200
    code_form, cut = _coupon(request, found, user)
    if request.method == "POST" and form.is_valid():
        try:
            return _answer(request, found, user, agreed=form.cleaned_data["agreed"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
            found = get_object_or_404(offers_for(user), public_id=public_id)
            status = 409
    context = {
        **offer_page(found, now, cut=cut),
        "form": form,
        "code_form": code_form,
        "booking": live_booking_of(found),
    }
    return render(request, "bookings/offer.html", context, status=status)


def _coupon(request: HttpRequest, found: Offer, user: User) -> tuple[CodeForm, Cut | None]:
    """The code that the address asks about, and what it would take off; nothing is used."""
    form = CodeForm(request.GET if "coupon" in request.GET else None)
    if not form.is_valid():
        return form, None
    try:
        code = form.cleaned_data["coupon"]
        return form, look_at_coupon(found, code, actor=user, now=timezone.now())
    except Refused as refused:
        form.add_error("coupon", refused.sentence)
        return form, None


def _answer(request: HttpRequest, found: Offer, user: User, *, agreed: bool) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("answer") == "decline":
        decline_offer(found, actor=user, now=now)
        messages.success(request, "The offer is declined. Nothing is due.")
        return redirect("applications:detail", found.application.public_id)
    address = request.META.get("REMOTE_ADDR")
    code = request.POST.get("coupon", "")[:40]
    booking = accept_offer(found, agreed=agreed, actor=user, now=now, ip_address=address, code=code)
    return redirect("bookings:detail", booking.public_id)


@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    user, checkout = signed_in(request), request.GET.get("checkout", "")
    booking = _mine(user, public_id)
    if checkout == "done":
        ask_after_payment(booking, actor=user)
    context = booking_page(booking, timezone.now(), checkout=checkout)
    return render(request, "bookings/detail.html", context)


@require_GET
def state(request: HttpRequest, public_id: str) -> HttpResponse:
    """For the waiting page: nothing while the payment is being confirmed, then the booking."""
    booking = _mine(signed_in(request), public_id)
    if booking.state == BookingState.HELD:
        return HttpResponse(status=204)
    return redirect("bookings:detail", public_id)


@require_POST
def pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Off to the hosted payment page."""
    user, now = signed_in(request), timezone.now()
    booking, form = _mine(user, public_id), PartForm(request.POST)
    try:
        url = begin_payment(booking, actor=user, now=now, share=form.share())
    except Refused as refused:
        return _refused(request, public_id, refused.sentence)
    return HttpResponse(status=303, headers={"Location": url})


@require_POST
def pay_by_credit(request: HttpRequest, public_id: str) -> HttpResponse:
    """As much of it as pays what is due now; the sum is the one that the page named."""
    user, form = signed_in(request), CreditForm(request.POST)
    booking = _mine(user, public_id)
    cents = form.cleaned_data["cents"] if form.is_valid() else 0
    try:
        pay_with_credit(booking, cents, actor=user, now=timezone.now())
    except Refused as refused:
        return _refused(request, public_id, refused.sentence)
    messages.success(request, "Paid with your credit.")
    return redirect("bookings:detail", public_id)


def _refused(request: HttpRequest, public_id: str, sentence: str) -> HttpResponse:
    booking = _mine(signed_in(request), public_id)
    context = {**booking_page(booking, timezone.now(), checkout=""), "sentence": sentence}
    return render(request, "bookings/detail.html", context, status=409)


@require_POST
def remove_kept_card(request: HttpRequest, public_id: str) -> HttpResponse:
    remove_card(_mine(signed_in(request), public_id), actor=signed_in(request), now=timezone.now())
    messages.success(request, "The card is removed. You pay the balance yourself.")
    return redirect("bookings:detail", public_id)


@require_GET
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = _mine(signed_in(request), public_id)
    if booking.state not in BOOKED:
        raise Http404
    name = f"rotation-{booking.application.reference}.ics"
    return HttpResponse(
        calendar_of(booking),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _mine(user: User, public_id: str) -> Booking:
    return get_object_or_404(bookings_for(user), public_id=public_id)
