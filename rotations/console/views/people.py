"""Staff look people and providers up."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from rotations.console.forms import PeopleSearch, PlaceSearch
from rotations.console.people import (
    changes_about,
    changes_by,
    people_like,
    person_of,
    places_like,
)
from rotations.console.permissions import can_see_audit, can_see_people
from rotations.console.subjects import label_of
from rotations.console.trail import readable
from rotations.providers.permissions import can_verify
from usce.accounts.models import StaffRole, User
from usce.accounts.people import signed_in
from usce.audit.actions import record_access
from usce.audit.queries import who_saw
from usce.paging import next_url, page_of
from usce.permissions import require
from usce.reference.queries import states
from usce.text import clean_line


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Nobody is listed before something was asked; verifiers alone are led to the places."""
    user = signed_in(request)
    if not can_see_people(user) and can_verify(user):
        return redirect("console:places")
    require(can_see_people(user))
    form = PeopleSearch(request.GET if "q" in request.GET else None)
    context: dict[str, Any] = {"form": form, "tabs": _tabs(user, "people"), "page": None}
    if form.is_valid():
        words = clean_line(form.cleaned_data["q"])
        page = page_of(people_like(words), request.GET.get("after", ""))
        context |= {"page": page, "next_url": next_url(request, page.next_cursor)}
    return render(request, "console/people.html", context)


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require(can_verify(user))
    regions = [(state.code, state.name) for state in states()]
    form = PlaceSearch(request.GET or None, regions=regions)
    told = form.cleaned_data if form.is_valid() else {}
    rows = places_like(clean_line(told.get("q", "")), told.get("region", ""))
    page = page_of(rows.none() if form.errors else rows, request.GET.get("after", ""))
    context = {
        "form": form,
        "tabs": _tabs(user, "places"),
        "page": page,
        "next_url": next_url(request, page.next_cursor),
    }
    return render(request, "console/places.html", context)


@require_GET
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """One account with what it did and sent; the view is logged, and that person can see it."""
    viewer, found = _looked_up(request, public_id)
    now = timezone.now()
    record_access("Account opened", found, viewer=viewer, subject=found, now=now)
    told = person_of(found, viewer)
    context: dict[str, Any] = {
        "person": found,
        "told": told,
        "cases": [(case, label_of(case.kind)) for case in told.cases],
        "sees_audit": can_see_audit(viewer),
        "reviews": viewer.has_staff_role(StaffRole.REVIEWER),
        "verifies": can_verify(viewer),
    }
    if can_see_audit(viewer):
        context |= {
            "about": readable(changes_about(found), viewer.time_zone),
            "by": readable(changes_by(found), viewer.time_zone),
        }
    return render(request, "console/person.html", context)


@require_GET
def person_access(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who opened this person's account, applications and papers."""
    viewer, found = _looked_up(request, public_id)
    require(can_see_audit(viewer))
    page = page_of(who_saw(found), request.GET.get("after", ""))
    context = {"person": found, "page": page, "next_url": next_url(request, page.next_cursor)}
    return render(request, "console/person_access.html", context)


def _looked_up(request: HttpRequest, public_id: str) -> tuple[User, User]:
    """404 to everybody but staff; 403 to staff who look nobody up."""
    viewer = signed_in(request)
    if not viewer.is_staff:
        raise Http404
    require(can_see_people(viewer), "Reviewers and trust see people.")
    return viewer, get_object_or_404(User, public_id=public_id)


def _tabs(user: User, current: str) -> list[dict[str, Any]]:
    allowed = (("people", "People", can_see_people(user)), ("places", "Places", can_verify(user)))
    return [
        {"label": label, "url": reverse(f"console:{name}"), "current": name == current}
        for name, label, sees in allowed
        if sees
    ]
