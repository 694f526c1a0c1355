"""The door without a password through which a school answers."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import ENROLMENT_SCOPE, ENROLMENT_SUBJECT, answer_enrolment
from applicants.profiles.forms import AnswerForm
from applicants.profiles.models import EnrolmentRequest
from applicants.profiles.notifications import student_of
from usce.links.actions import use
from usce.links.models import Grant
from usce.links.queries import find


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the question and uses nothing up; POST records the answer, once."""
    now = timezone.now()
    grant = find(token, scope=ENROLMENT_SCOPE, now=now)
    if grant is None or grant.subject_type != ENROLMENT_SUBJECT:
        return _ended(request)
    rows = EnrolmentRequest.objects.select_related("profile__user")
    asked = rows.get(pk=grant.subject_id)
    form = AnswerForm(request.POST or None)
    context = {"form": form, "asked": asked, "student": student_of(asked)}
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "profiles/enrolment.html", context, status=status)
    if not _record(grant, asked, form.told(), now):
        return _ended(request)
    return render(request, "profiles/enrolment_answered.html", context)


def _record(grant: Grant, asked: EnrolmentRequest, told: dict[str, Any], now: datetime) -> bool:
    with transaction.atomic():
        if not use(grant, now=now):
            return False
        answer_enrolment(asked, **told, now=now)
    return True


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "profiles/link_ended.html", status=410)
