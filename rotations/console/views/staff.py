"""The house itself: jobs, mails, audit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rotations.console.permissions import can_see_audit, can_see_system
from usce.accounts.people import signed_in
from usce.audit.queries import entries
from usce.jobs.actions import retry_job
from usce.jobs.models import Job, JobState
from usce.jobs.queries import figures, jobs_in
from usce.notifications.actions import resend_mail
from usce.notifications.queries import outbox
from usce.notifications.rendering import masked
from usce.paging import next_url, page_of
from usce.permissions import require


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    require(can_see_system(signed_in(request)))
    state = request.GET.get("state", "")
    page = page_of(jobs_in(state), request.GET.get("after", ""))
    context = {
        "figures": figures(timezone.now()),
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
    page = page_of(outbox(), request.GET.get("after", ""))
    return render(request, "console/mails.html", {"page": page})


@require_GET
def mail(request: HttpRequest, public_id: str) -> HttpResponse:
    require(can_see_system(signed_in(request)))
    found = get_object_or_404(outbox(), public_id=public_id)
    return render(request, "console/mail.html", {"mail": found, "rendered": masked(found)})


@require_POST
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    require(can_see_system(user))
    found = get_object_or_404(outbox(), public_id=public_id)
    resend_mail(found, actor=user, now=timezone.now())
    return redirect("console:mail", public_id=public_id)


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    require(can_see_audit(signed_in(request)))
    page = page_of(entries(), request.GET.get("after", ""))
    return render(request, "console/audit.html", {"page": page})
