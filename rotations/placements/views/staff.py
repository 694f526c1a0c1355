"""Objections, and rotations whose attendance asks for a decision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rotations.placements.actions import decide_objection, release_despite
from rotations.placements.actions.objections import CASE
from rotations.placements.actions.progress import SHORT, UNSETTLED
from rotations.placements.forms import DecisionForm
from rotations.placements.pages import decision_page, staff_page
from rotations.placements.permissions import can_decide_objection, can_release_despite
from rotations.placements.queries import all_placements, objections
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.permissions import require


@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, public_id: str) -> HttpResponse:
    user, now = _staff(request), timezone.now()
    require(can_decide_objection(user), "Staff for trust decide about objections.")
    found = get_object_or_404(objections(), public_id=public_id)
    form, status = DecisionForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        told, case = form.cleaned_data, live_case(CASE, found)
        is_upheld = told["outcome"] == "upheld"
        try:
            answer = told["answer"]
            decide_objection(found, is_upheld=is_upheld, answer=answer, actor=user, now=now)
            messages.success(request, "Decided; the learner is told.")
            return redirect(next_address(case, filter_of(request)))
        except Refused as refused:
            form.add_error(None, refused.sentence)
            found, status = get_object_or_404(objections(), public_id=public_id), 409
    elif request.method == "POST":
        status = 422
    line = line_on(CASE, found, request, now)
    context = decision_page(found) | {"form": form, "line": line}
    return render(request, "placements/objection.html", context, status=status)


@require_GET
def placement(request: HttpRequest, public_id: str) -> HttpResponse:
    """The days of a rotation, for those who look at one that was not settled or hardly attended."""
    user, now = _staff(request), timezone.now()
    allowed = can_decide_objection(user) or can_release_despite(user)
    require(allowed, "Staff for trust and finance see the days of a rotation.")
    found = get_object_or_404(all_placements(), public_id=public_id)
    is_short = live_case(SHORT, found) is not None
    context = staff_page(found) | {
        "can_release": is_short and can_release_despite(user),
        "line": line_on(SHORT if is_short else UNSETTLED, found, request, now),
    }
    return render(request, "placements/placement.html", context)


@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _staff(request)
    require(can_release_despite(user), "Finance decides what a provider is paid.")
    found = get_object_or_404(all_placements(), public_id=public_id)
    release_despite(found, actor=user, now=timezone.now())
    messages.success(request, "Released to the provider.")
    return redirect("placements:placement", public_id)


def _staff(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.is_staff:
        raise Http404
    return user
