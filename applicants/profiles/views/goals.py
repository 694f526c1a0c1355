from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import write_goal
from applicants.profiles.forms import GoalForm
from applicants.profiles.models import GoalStatement
from applicants.profiles.queries import goals_of, profile_for
from applicants.profiles.views.own import own_profile
from usce.errors import Refused

MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest) -> HttpResponse:
    """Her goals and their earlier versions; the newest counts."""
    user = own_profile(request)
    versions = list(goals_of(profile_for(user))[: MOST_SHOWN + 1])
    form = GoalForm(request.POST or None, initial=_initial(versions))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            write_goal(
                user, told["text"],
                host_may_read=told["host_may_read"], actor=user, now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error("text", refused.sentence)
        else:
            messages.success(request, "Your goals are saved.")
            return redirect("profiles:edit")
    context = {"form": form, "earlier": versions[1:]}
    status = 422 if form.errors else 200
    return render(request, "profiles/goals.html", context, status=status)


def _initial(versions: list[GoalStatement]) -> dict[str, Any]:
    if not versions:
        return {}
    return {"text": versions[0].text, "host_may_read": versions[0].host_may_read}
