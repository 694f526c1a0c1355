"""Pages anybody may read; checking whether one qualifies needs no account."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import FactsForm
from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotation_for, rules_of
from rotations.discovery.queries.detail import Detail, detail
from rotations.discovery.queries.facts import facts_known
from rotations.discovery.queries.rows import count_capped, listing
from rotations.discovery.statuses import chapters
from rotations.eligibility.rules import facts_asked
from usce.accounts.models import User

NEWEST = 6


def viewer_of(request: HttpRequest) -> User | AnonymousUser:
    return request.user if isinstance(request.user, User) else AnonymousUser()


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    known = facts_known(viewer, request.session)
    today = timezone.now().date()
    context = {"listing": listing(viewer, known, today=today, size=NEWEST)}
    return render(request, "discovery/home.html", context)


@login_not_required
@require_safe
def rotations(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    known = facts_known(viewer, request.session)
    cursor = request.GET.get("after", "")
    found = listing(viewer, known, cursor=cursor, today=timezone.now().date())
    context = {"listing": found, "count": count_capped(), "cursor": cursor}
    return render(request, "discovery/rotations.html", context)


@login_not_required
@require_safe
def rotation(request: HttpRequest, public_id: str, slug: str = "") -> HttpResponse:
    viewer = viewer_of(request)
    found = rotation_for(viewer, public_id)
    if slug != found.slug:
        return redirect(_address(found, request.GET.urlencode()), permanent=True)
    return _page(request, found, None)


@login_not_required
@require_POST
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the answers (with the person when signed in) and show the verdict on the page."""
    viewer = viewer_of(request)
    found = rotation_for(viewer, public_id)
    form = FactsForm(request.POST, fields=facts_asked(rules_of(found)))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    told = form.facts()
    if isinstance(viewer, User) and not viewer.is_staff:
        save_facts(viewer, told, actor=viewer, now=timezone.now())
    else:
        request.session["facts"] = request.session.get("facts", {}) | told
    return redirect(_address(found, request.GET.urlencode()) + "#qualify")


@login_not_required
@require_safe
def statuses(request: HttpRequest) -> HttpResponse:
    return render(request, "discovery/statuses.html", {"chapters": chapters()})


def preview(found: Rotation) -> dict[str, Any]:
    """The page's context as the public will have it, while the listing is not public yet."""
    shown = detail(found, AnonymousUser(), {}, opening_id="", now=timezone.now())
    form = FactsForm(fields=shown.asked)
    return {"detail": replace(shown, is_preview=True), "form": form, "crumbs": _crumbs(shown)}


def _page(
    request: HttpRequest, found: Rotation, form: FactsForm | None, *, status: int = 200
) -> HttpResponse:
    viewer = viewer_of(request)
    known = facts_known(viewer, request.session)
    shown = detail(
        found,
        viewer,
        known,
        opening_id=request.GET.get("opening", ""),
        now=timezone.now(),
    )
    form = form or FactsForm(initial=dict(known), fields=shown.asked)
    context = {"detail": shown, "form": form, "crumbs": _crumbs(shown)}
    return render(request, "discovery/rotation.html", context, status=status)


def _address(found: Rotation, query: str) -> str:
    path = reverse("discovery:rotation", args=[found.public_id, found.slug])
    return f"{path}?{query}" if query else path


def _crumbs(shown: Detail) -> list[dict[str, Any]]:
    return [
        {"label": "Find rotations", "url": reverse("discovery:rotations")},
        {"label": shown.rotation.title, "url": ""},
    ]
