"""What verifiers decide about: providers with their people and places, and listings."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from rotations.catalog.models import LISTING_REVIEW, Rotation
from rotations.catalog.queries import rotation_for
from rotations.console.forms import OF_LISTING, OF_PROVIDER, DecisionForm, LicenseForm
from rotations.console.handlers import SAID, decide_listing, decide_provider
from rotations.console.places import Place, place_of
from rotations.discovery.views.public import preview
from rotations.providers.actions import record_license_check
from rotations.providers.models import VERIFICATION, Preceptor, Provider
from rotations.providers.permissions import can_verify
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import history_of, live_case
from usce.errors import Refused
from usce.permissions import require

GET_POST = require_http_methods(["GET", "POST"])


def _verifier(request: HttpRequest) -> User:
    """404 to everybody but staff; 403 to staff who verify nothing."""
    user = signed_in(request)
    if not user.is_staff:
        raise Http404
    require(can_verify(user), "Verifiers see providers and their listings.")
    return user


@GET_POST
def provider(request: HttpRequest, public_id: str) -> HttpResponse:
    """The facts of a provider, its people and places; one decision, and the next case opens."""
    user, now = _verifier(request), timezone.now()
    found = get_object_or_404(Provider, public_id=public_id)
    form = DecisionForm(request.POST or None, decisions=OF_PROVIDER[found.state])
    if request.method == "GET":
        return _provider_page(request, found, form, now)
    if not form.is_valid():
        return _provider_page(request, found, form, now, status=422)
    case = live_case(VERIFICATION, found)
    try:
        decide_provider(found, form.cleaned_data, actor=user, now=now)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _provider_page(request, found, form, now, status=409)
    messages.success(request, f"{found.name}: {SAID[form.cleaned_data['decision']]}")
    if case is None:
        return redirect("console:provider", public_id)
    return redirect(next_address(case, filter_of(request)))


@require_POST
def license_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what the state board's register said about one preceptor."""
    user, now = _verifier(request), timezone.now()
    person = get_object_or_404(Preceptor.objects.select_related("provider"), public_id=public_id)
    found = person.provider
    form = LicenseForm(request.POST, prefix=public_id, today=now.date())
    decision = DecisionForm(decisions=OF_PROVIDER[found.state])
    if not form.is_valid():
        return _provider_page(request, found, decision, now, license_form=form, status=422)
    record_license_check(person, **form.cleaned_data, actor=user, now=now)
    messages.success(request, f"The license of {person.name} is written down.")
    address = reverse("console:provider", args=[found.public_id])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{address}{query}#preceptor-{public_id}")


@GET_POST
def listing(request: HttpRequest, public_id: str) -> HttpResponse:
    """The listing as the public will see it; one decision, and the next case opens."""
    user, now = _verifier(request), timezone.now()
    found = rotation_for(user, public_id)
    form = DecisionForm(request.POST or None, decisions=OF_LISTING.get(found.state, ()))
    if request.method == "GET":
        return _listing_page(request, found, form, now)
    if not form.is_valid():
        return _listing_page(request, found, form, now, status=422)
    case = live_case(LISTING_REVIEW, found)
    try:
        decide_listing(found, form.cleaned_data, actor=user, now=now)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _listing_page(request, rotation_for(user, public_id), form, now, status=409)
    messages.success(request, f"{found.title}: {SAID[form.cleaned_data['decision']]}")
    return redirect(next_address(case, filter_of(request)))


def _provider_page(
    request: HttpRequest,
    found: Provider,
    form: DecisionForm,
    now: datetime,
    *,
    license_form: LicenseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    place: Place = place_of(found, now.date(), license_form)
    context = {
        "provider": found,
        "place": place,
        "line": line_on(VERIFICATION, found, request, now),
        "history": history_of(VERIFICATION, found).select_related("owner"),
        "next_url": next_address(None, filter_of(request)),
        "query": request.GET.urlencode(),
        "decides": bool(OF_PROVIDER[found.state]),
        "form": form,
        "license_form": license_form,
    }
    return render(request, "console/provider.html", context, status=status)


def _listing_page(
    request: HttpRequest, found: Rotation, form: DecisionForm, now: datetime, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "rotation": found,
        "line": line_on(LISTING_REVIEW, found, request, now),
        "history": history_of(LISTING_REVIEW, found),
        "next_url": next_address(None, filter_of(request)),
        "decides": found.state in OF_LISTING,
        "form": form,
    }
    above = render_to_string("console/_listing_decision.html", context, request)
    page = {**preview(found), "above": above}
    return render(request, "discovery/rotation.html", page, status=status)
