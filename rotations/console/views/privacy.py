"""A person's own data: a copy, consents, how long it is kept, and the end of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applicants.documents.actions.keeping import withdraw_health_consent
from rotations.console.consents import consent_lines
from rotations.console.forms import DeleteForm
from usce.accounts.entrance import ask_who_it_is
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.files.streams import NotServable
from usce.rights.actions import (
    LONGEST_WAIT,
    ask_export,
    cancel_erasure,
    download_export,
    plan_erasure,
)
from usce.rights.models import DataExport
from usce.rights.permissions import can_plan_erasure
from usce.rights.portability import consequences_of, holds_of
from usce.rights.queries import exports_of, open_erasure
from usce.rights.retention import rules


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    context = {
        "now": now,
        "consents": consent_lines(user),
        "exports": list(exports_of(user, now)),
        "erasure": open_erasure(user),
        "may_delete": can_plan_erasure(user, user),
        "rules": rules(),
    }
    return render(request, "console/privacy.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    try:
        ask_export(user, actor=user, now=timezone.now())
    except Refused as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, "The copy is being made. You get a mail once it is ready.")
    return redirect("console:privacy")


@never_cache
@require_GET
def export_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    user = signed_in(request)
    wanted = get_object_or_404(DataExport, public_id=public_id, user=user)
    ask_who_it_is(request)
    try:
        return download_export(wanted, actor=user, now=timezone.now())
    except NotServable as gone:
        raise Http404 from gone


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """The consent to health papers: the one that can be taken back with the account staying."""
    user, now = signed_in(request), timezone.now()
    address = request.META.get("REMOTE_ADDR")
    gone, kept = withdraw_health_consent(user, actor=user, ip_address=address, now=now)
    told = f"Your consent is taken back. Health papers deleted: {gone}."
    if kept:
        told += f" Still needed by a host you sent them to, and deleted after that: {kept}."
    messages.success(request, told)
    return redirect("console:privacy")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """What would end, what keeps it waiting, and one tick; or that it is planned already."""
    user, now = signed_in(request), timezone.now()
    ask_who_it_is(request)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    erasure, status = open_erasure(user), 200
    if form.is_valid() and erasure is None:
        plan_erasure(user, actor=user, now=now)
        return redirect("console:delete")
    if form.is_bound:
        status = 409 if erasure else 422
    context = {
        "form": form,
        "erasure": erasure,
        "planned_for": now + LONGEST_WAIT,
        "may_delete": can_plan_erasure(user, user),
        "holds": holds_of(user, now),
        "consequences": consequences_of(user, now),
    }
    return render(request, "console/delete.html", context, status=status)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    cancel_erasure(user, actor=user, now=timezone.now())
    messages.success(request, "Your account stays.")
    return redirect("console:privacy")
