from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from applicants.profiles.actions import record_attempt, remove_attempt
from applicants.profiles.forms import AttemptForm
from applicants.profiles.models import Exam, ExamOutcome
from applicants.profiles.queries import attempts_of, sittings_of
from applicants.profiles.rules import notes_on
from applicants.profiles.views.own import own_profile
from usce.accounts.models import User
from usce.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def exams(request: HttpRequest) -> HttpResponse:
    """Her attempts, what the limits mean for them, and a form for one more."""
    user, now = own_profile(request), timezone.now()
    form = AttemptForm(request.POST or None, now=now)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            exam, outcome = Exam(told["exam"]), ExamOutcome(told["outcome"])
            try:
                record_attempt(
                    user, exam, told["taken_on"], outcome,
                    score=told["score"], actor=user, now=now,
                )  # fmt: skip
            except Refused as refused:
                form.add_error("taken_on", refused.sentence)
            else:
                messages.success(request, f"Your attempt at {exam.label} is saved.")
                return redirect("profiles:exams")
    return render(request, "profiles/exams.html", _told(user) | {"form": form}, status=status)


@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    user = own_profile(request)
    attempt = get_object_or_404(attempts_of(user), public_id=public_id)
    remove_attempt(attempt, actor=user, now=timezone.now())
    messages.success(request, f"The attempt at {attempt.get_exam_display()} is removed.")
    return redirect("profiles:exams")


def _told(user: User) -> dict[str, Any]:
    attempts = attempts_of(user)
    sittings = sittings_of(attempts)
    return {
        "attempts": attempts,
        "notes": notes_on(sittings, timezone.now().date()),
    }
