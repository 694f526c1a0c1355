"""The learner's own days: check in, see what was recorded, object."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rotations.applications.queries import own_applications
from rotations.bookings.queries import booked_at
from rotations.placements.actions import check_in as say_here
from rotations.placements.actions import object_to_day
from rotations.placements.forms import CheckInForm, ObjectionForm
from rotations.placements.models import Placement
from rotations.placements.pages import days_page, objection_page
from rotations.placements.queries import days_of, placement_of, placements_for, zone_of
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.ui.dates import moment

NOT_YET = "Your days are being written down. Look again in a minute."


@require_GET
def of_application(request: HttpRequest, public_id: str) -> HttpResponse:
    application = get_object_or_404(own_applications(signed_in(request)), public_id=public_id)
    placement = placement_of(application)
    if placement is not None:
        return redirect("placements:days", placement.public_id)
    booking = booked_at(application)
    if booking is None:
        raise Http404
    messages.info(request, NOT_YET)
    return redirect("bookings:detail", booking.public_id)


@require_GET
def days(request: HttpRequest, public_id: str) -> HttpResponse:
    placement = _mine(request, public_id)
    return render(request, "placements/days.html", days_page(placement, timezone.now()))


@require_POST
def check_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the form, or later from the script, which asks for plain words and keeps what failed."""
    user, now, placement = signed_in(request), timezone.now(), _mine(request, public_id)
    by_script = request.headers.get("Accept") == "text/plain"
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return HttpResponse("This check-in cannot be read.", status=422, content_type="text/plain")
    told = form.cleaned_data
    day = get_object_or_404(days_of(placement), public_id=told["day"])
    day.placement = placement
    try:
        done = say_here(day, arrived_at=told["at"], actor=user, now=now)
    except Refused as refused:
        if by_script:
            return HttpResponse(refused.sentence, status=409, content_type="text/plain")
        context = days_page(placement, now) | {"sentence": refused.sentence}
        return render(request, "placements/days.html", context, status=409)
    if by_script:
        return HttpResponse(status=204)
    messages.success(request, f"Checked in: {moment(done.arrived_at, zone_of(placement))}.")
    return redirect("placements:days", public_id)


@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, public_id: str, day_id: str) -> HttpResponse:
    """A day was recorded as missed, and the learner says otherwise."""
    user, placement = signed_in(request), _mine(request, public_id)
    day = get_object_or_404(days_of(placement), public_id=day_id)
    day.placement = placement
    form, status = ObjectionForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            object_to_day(day, form.cleaned_data["words"], actor=user, now=timezone.now())
            messages.success(request, "Our staff look at it and write to you.")
            return redirect("placements:days", public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = objection_page(day) | {"form": form}
    return render(request, "placements/object.html", context, status=status)


def _mine(request: HttpRequest, public_id: str) -> Placement:
    return get_object_or_404(placements_for(signed_in(request)), public_id=public_id)
