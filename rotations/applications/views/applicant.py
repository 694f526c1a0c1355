from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import FactsForm
from applicants.profiles.queries import facts_of, profile_for, still_asked
from rotations.applications.actions import (
    FactsMissing,
    submit_application,
    withdraw_application,
)
from rotations.applications.forms import ApplyForm, CvForm, PassportNames, initial_of
from rotations.applications.guests import begun_for, forget_begun
from rotations.applications.handlers import add_cv, keep_draft, other_words
from rotations.applications.models import Application
from rotations.applications.pages import (
    WITH_OFFER,
    applicant_page,
    review_page,
    told_elsewhere,
)
from rotations.applications.permissions import can_start_application
from rotations.applications.queries import (
    asked_facts,
    cv_at_hand,
    is_named,
    live_application,
    names_of,
    own_applications,
    usable_cv,
    verdict_on,
)
from rotations.applications.states import EDITABLE
from rotations.applications.views.guest import begin
from rotations.catalog.queries import rotation_for, upcoming_openings
from rotations.eligibility.rules import VerdictOutcome
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.paging import next_url, page_of
from usce.permissions import require

GET_POST = require_http_methods(["GET", "POST"])


@login_not_required
@GET_POST
def apply(request: HttpRequest, rotation_id: str) -> HttpResponse:
    """Dates, CV and words; what is typed stays in the draft, and on the page when refused."""
    if not isinstance(request.user, User):
        return begin(request, rotation_for(AnonymousUser(), rotation_id))
    user, now = request.user, timezone.now()
    rotation = rotation_for(user, rotation_id)
    require(can_start_application(user, rotation), "You cannot apply for this rotation yourself.")
    draft = live_application(user, rotation)
    if draft is not None and draft.state not in EDITABLE:
        return redirect("applications:detail", draft.public_id)
    cv = cv_at_hand(user, draft)
    today = now.astimezone(ZoneInfo(rotation.site.time_zone)).date()
    form = ApplyForm(
        request.POST or None,
        request.FILES or None,
        initial=initial_of(draft, begun_for(request.session, rotation_id), _opening(request)),
        openings=upcoming_openings(rotation, today),
        cv=cv,
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            draft = keep_draft(form.cleaned_data, rotation, user=user, now=now)
            forget_begun(request.session, rotation_id)
            return redirect(_next_page(draft, user, now))
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    context = {
        "rotation": rotation,
        "form": form,
        "cv": cv,
        "draft": draft,
        "other_words": other_words(draft, begun_for(request.session, rotation_id)),
    }
    return render(request, "applications/apply.html", context, status=_status(form, status))


@GET_POST
def facts(request: HttpRequest, rotation_id: str) -> HttpResponse:
    """Name and the facts this listing's rules ask for, and no others."""
    user = signed_in(request)
    rotation = rotation_for(user, rotation_id)
    draft = live_application(user, rotation)
    if draft is None or draft.state not in EDITABLE:
        return redirect("applications:apply", rotation_id)
    profile = profile_for(user)
    names = PassportNames(request.POST or None, initial=names_of(profile))
    asked = still_asked(user, asked_facts(rotation, timezone.now()))
    form = FactsForm(request.POST or None, initial=facts_of(profile), fields=asked)
    if request.method == "POST" and names.is_valid() and form.is_valid():
        told = {**names.cleaned_data, **form.facts()}
        save_facts(user, told, actor=user, now=timezone.now())
        return redirect("applications:send", draft.public_id)
    context = {"rotation": rotation, "draft": draft, "names": names, "form": form}
    context["elsewhere"] = told_elsewhere(draft, timezone.now())
    status = 422 if names.errors or form.errors else 200
    return render(request, "applications/facts.html", context, status=status)


@GET_POST
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who will see what, the whole price, no payment now, the answer's date; then send."""
    user, now = signed_in(request), timezone.now()
    application = _own(user, public_id)
    if application.state not in EDITABLE and request.method == "GET":
        return redirect("applications:detail", public_id)
    sentence, status = "", 200
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CvForm(*sent, cv=usable_cv(application))
    if request.method == "POST" and not form.is_valid():
        sentence, status = "One thing is missing.", 422
    elif request.method == "POST":
        try:
            if form.cleaned_data["cv"]:
                add_cv(application, form.cleaned_data["cv"], user=user, now=now)
            submit_application(application, actor=user, now=now)
            messages.success(request, f"{application.reference} is sent.")
            return redirect("applications:detail", public_id)
        except FactsMissing as missing:
            messages.warning(request, missing.sentence)
            return redirect("applications:facts", application.rotation.public_id)
        except Refused as refused:
            sentence, status = refused.sentence, 409
            application = _own(user, public_id)
    context = {**review_page(application, now), "sentence": sentence, "form": form}
    return render(request, "applications/send.html", context, status=status)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    page = page_of(own_applications(signed_in(request)), request.GET.get("after", ""))
    context = {"page": page, "next_url": next_url(request, page.next_cursor)}
    return render(request, "applications/list.html", context)


@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page for the whole life: status, papers, money."""
    application = _own(signed_in(request), public_id)
    tab = request.GET.get("tab", "")
    if tab == "money" and application.state in WITH_OFFER:
        return redirect("bookings:of-application", public_id)
    context = applicant_page(application, tab, timezone.now())
    return render(request, "applications/detail.html", context)


@GET_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    application = _own(user, public_id)
    context: dict[str, Any] = {"application": application, "sentence": ""}
    if request.method == "GET":
        return render(request, "applications/withdraw.html", context)
    try:
        withdraw_application(application, actor=user, now=timezone.now())
    except Refused as refused:
        context["sentence"] = refused.sentence
        return render(request, "applications/withdraw.html", context, status=409)
    messages.success(request, f"{application.reference} is withdrawn. Nothing is due.")
    return redirect("applications:detail", public_id)


def _own(user: User, public_id: str) -> Application:
    return get_object_or_404(own_applications(user), public_id=public_id)


def _opening(request: HttpRequest) -> str:
    return request.GET.get("opening", "")


def _next_page(draft: Application, user: User, now: datetime) -> str:
    """The facts first if something is missing to judge or to name the person, else the review."""
    unknown = verdict_on(draft, now).outcome == VerdictOutcome.UNKNOWN
    if unknown or not is_named(profile_for(user)):
        return reverse("applications:facts", args=[draft.rotation.public_id])
    return reverse("applications:send", args=[draft.public_id])


def _status(form: ApplyForm, status: int) -> int:
    return 422 if form.errors and status == 200 else status
