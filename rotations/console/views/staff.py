"""The house itself: jobs, mails, audit."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rotations.console.forms import AuditSearch, MailSearch
from rotations.console.permissions import can_see_audit, can_see_system
from rotations.console.trail import entries_like, readable
from usce.accounts.people import signed_in
from usce.jobs.actions import retry_job
from usce.jobs.models import Job, JobState
from usce.jobs.queries import figures, jobs_in
from usce.notifications.actions import (
    can_lift_suppression,
    can_resend_mail,
    lift_suppression,
    resend_mail,
)
from usce.notifications.events import all_events
from usce.notifications.queries import outbox, outbox_like, suppression_of
from usce.notifications.rendering import blocks_of, masked, preview
from usce.paging import next_url, page_of
from usce.permissions import require


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    require(can_see_system(signed_in(request)))
    state = request.GET.get("state", "")
    page = page_of(jobs_in(state), request.GET.get("after", ""))
    known = figures(timezone.now())
    context = {
        "figures": known,
        "oldest": timedelta(seconds=known.oldest_age),
        "beat": None if known.beat_age is None else timedelta(seconds=known.beat_age),
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "state": state,
        "tabs": [("", "Not done"), *((s.value, s.label) for s in JobState)],
    }
    return render(request, "console/jobs.html", context)


@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    user = signed_in(request)
    require(can_see_system(user))
    retry_job(get_object_or_404(Job, pk=job_id), actor=user, now=timezone.now())
    return redirect("console:jobs")


@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    require(can_see_system(signed_in(request)))
    form = MailSearch(request.GET or None)
    told = form.cleaned_data if form.is_valid() else {}
    rows = outbox_like(event=told.get("event", ""), state=told.get("state", ""))
    rows = rows.none() if form.errors else rows
    page = page_of(rows, request.GET.get("after", ""))
    context = {"form": form, "page": page, "next_url": next_url(request, page.next_cursor)}
    return render(request, "console/mails.html", context)


@require_GET
def mail_kinds(request: HttpRequest) -> HttpResponse:
    """Every mail there is, as it reads with invented facts."""
    require(can_see_system(signed_in(request)))
    kinds = [(event, preview(event), blocks_of(event)) for event in all_events()]
    return render(request, "console/mail_kinds.html", {"kinds": kinds})


@require_GET
def mail(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    require(can_see_system(user))
    found = get_object_or_404(outbox(), public_id=public_id)
    context = {
        "mail": found,
        "rendered": masked(found),
        "suppression": suppression_of(found.address),
        "may_resend": can_resend_mail(user),
        "may_lift": can_lift_suppression(user),
    }
    return render(request, "console/mail.html", context)


@require_POST
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    require(can_see_system(user))
    found = get_object_or_404(outbox(), public_id=public_id)
    resend_mail(found, actor=user, now=timezone.now())
    return redirect("console:mail", public_id=public_id)


@require_POST
def lift(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    require(can_see_system(user))
    lift_suppression(
        get_object_or_404(outbox(), public_id=public_id), actor=user, now=timezone.now()
    )
    return redirect("console:mail", public_id=public_id)


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Every change, found by who, what, on what and when."""
    user = signed_in(request)
    require(can_see_audit(user))
    form = AuditSearch(request.GET or None)
    told = form.cleaned_data if form.is_valid() else {}
    rows = entries_like(told, user.time_zone)
    page = page_of(rows.none() if form.errors else rows, request.GET.get("after", ""))
    context = {
        "form": form,
        "told": readable(page.items, user.time_zone),
        "next_url": next_url(request, page.next_cursor),
    }
    return render(request, "console/audit.html", context)
