from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from applicants.documents.actions import open_document
from rotations.applications.actions import decline_application, waitlist_application
from rotations.applications.forms import BulkForm, ReasonForm
from rotations.applications.handlers import decide_many
from rotations.applications.models import Application
from rotations.applications.pages import WITH_OFFER
from rotations.applications.queries import (
    applications_at,
    name_of,
    place_on_list,
    timeline,
)
from rotations.applications.states import WITH_PROVIDER, ApplicationState
from rotations.eligibility.rules import Verdict
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.audit.actions import record_access
from usce.errors import Refused
from usce.permissions import require


def _reached(request: HttpRequest, slug: str, public_id: str) -> tuple[User, Application]:
    """404 to strangers and for what never reached this provider; 403 to the rest of its team.

    The first applicant whom a person opens asks that person for a second factor.
    """
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators see applicants.")
    application = get_object_or_404(applications_at(provider), public_id=public_id)
    ask_second_factor(request, user, now=timezone.now())
    return user, application


@require_GET
def detail(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """CV, statement and verdict; the view is logged, and the applicant can see that it was."""
    user, application = _reached(request, provider_slug, public_id)
    record_access(
        "Application opened",
        application,
        viewer=user,
        subject=application.applicant,
        now=timezone.now(),
    )
    return _page(request, application, ReasonForm())


@require_GET
def cv(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponseBase:
    user, application = _reached(request, provider_slug, public_id)
    if application.cv is None:
        raise Http404
    return open_document(application.cv, viewer=user, now=timezone.now())


@require_POST
def decline(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, application = _reached(request, provider_slug, public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, application, form, status=422)
    try:
        decline_application(
            application, reason=form.cleaned_data["reason"], actor=user, now=timezone.now()
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _page(request, application, form, status=409)
    messages.success(request, f"{application.reference} is declined; the applicant was told why.")
    return redirect("applications:provider-detail", provider_slug, public_id)


@require_POST
def waitlist(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, application = _reached(request, provider_slug, public_id)
    reason = request.POST.get("reason", "")[:2000]
    waitlist_application(application, reason=reason, actor=user, now=timezone.now())
    messages.success(request, f"{application.reference} is on the waitlist of its dates.")
    return redirect("applications:provider-detail", provider_slug, public_id)


@require_POST
def bulk(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """One reason for many; each is its own transaction, and what was refused says why."""
    user = signed_in(request)
    provider = provider_for(user, provider_slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators see applicants.")
    ask_second_factor(request, user, now=timezone.now())
    form = BulkForm(request.POST)
    if not form.is_valid():
        context = {"provider": provider, "form": form, "sentence": form.sentence()}
        return render(request, "applications/bulk_missing.html", context, status=422)
    told = form.cleaned_data
    found = decide_many(provider, told, actor=user, now=timezone.now())
    context = {
        "provider": provider,
        "done": [one for one in found if not one.sentence],
        "refused": [one for one in found if one.sentence],
        "total": len(found),
        "verb": "Declined" if told["act"] == "decline" else "Put on the waitlist",
    }
    return render(request, "applications/bulk.html", context)


def _page(
    request: HttpRequest, application: Application, form: ReasonForm, status: int = 200
) -> HttpResponse:
    name = name_of(application.applicant)
    context = {
        "application": application,
        "provider": application.rotation.provider,
        "name": name,
        "findings": Verdict.from_json(application.verdict).for_host,
        "steps": timeline(application, applicant=name),
        "form": form,
        "decides": application.state in WITH_PROVIDER,
        "can_list": application.state == ApplicationState.FORWARDED,
        "place": place_on_list(application) if application.waitlisted_at else 0,
        "is_listed": application.state == ApplicationState.WAITLISTED,
        "has_offer": application.state == ApplicationState.OFFERED,
        "has_papers": application.state in WITH_OFFER,
    }
    return render(request, "applications/provider_detail.html", context, status=status)
