"""Pages anybody may read; checking whether one qualifies needs no account."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import FactsForm
from applicants.profiles.queries import FACTS, still_asked
from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotation_for, rotations_for
from rotations.catalog.verdicts import rules_of
from rotations.discovery.forms import SearchForm, StartForm
from rotations.discovery.handlers import save as keep_saved
from rotations.discovery.handlers import unsave as drop_saved
from rotations.discovery.queries.detail import Detail, detail
from rotations.discovery.queries.facets import specialty_choices
from rotations.discovery.queries.fit import WAITS
from rotations.discovery.queries.found import find
from rotations.discovery.queries.rows import newest
from rotations.discovery.queries.saved import saved_ids, saved_list
from rotations.discovery.statuses import chapters
from rotations.eligibility.queries import Person, person_of
from rotations.eligibility.rules import facts_asked
from usce.accounts.models import User
from usce.errors import Refused
from usce.paging import next_url

NEWEST = 6
# The facts that a required rule may wait for and that one is asked for here.
QUESTIONS = [name for name in WAITS if name in FACTS]


def viewer_of(request: HttpRequest) -> User | AnonymousUser:
    return request.user if isinstance(request.user, User) else AnonymousUser()


def person_here(request: HttpRequest) -> Person:
    """Whoever looks, with what she told: in the profile when signed in, else in the session."""
    return person_of(viewer_of(request), request.session.get("facts"))


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _home(request, StartForm(specialties=specialty_choices(), initial=_told(request)))


@login_not_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Keep the answer to student or graduate, and search."""
    form = StartForm(request.POST, specialties=specialty_choices())
    if not form.is_valid():
        return _home(request, form, status=422)
    if form.cleaned_data["status"]:
        _keep(request, {"status": form.cleaned_data["status"]})
    return redirect(reverse("discovery:rotations") + form.criteria().query())


@login_not_required
@require_safe
def rotations(request: HttpRequest) -> HttpResponse:
    """The search: every filter is in the address, which has one form only."""
    form = SearchForm(request.GET)
    path, pairs = reverse("discovery:rotations"), form.pairs()
    address = f"{path}?{urlencode(pairs)}" if pairs else path
    by_script = "HX-Request" in request.headers
    given = [(name, value) for name, values in request.GET.lists() for value in values]
    if given != pairs and not by_script:
        return redirect(address)
    viewer, cursor = viewer_of(request), request.GET.get("after", "")
    person = person_here(request)
    found = find(form.criteria, viewer, person, cursor=cursor, today=timezone.now().date())
    context = {
        "found": found,
        "form": form,
        "cursor": cursor,
        "next_url": next_url(request, found.listing.next_cursor),
        "canonical": settings.SITE_URL + path + form.criteria.query(),
    }
    response = render(request, "discovery/rotations.html", context)
    if by_script:
        response["HX-Push-Url"] = address
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest) -> HttpResponse:
    """The questions that required rules ask; afterwards back to the search in the address."""
    back = reverse("discovery:rotations") + SearchForm(request.GET).criteria.query()
    known = person_here(request).known
    answers = request.POST if request.method == "POST" else None
    form = FactsForm(answers, initial=dict(known), fields=QUESTIONS)
    if form.is_valid():
        _keep(request, form.facts())
        return redirect(back)
    status = 422 if form.errors else 200
    return render(request, "discovery/facts.html", {"form": form, "back": back}, status=status)


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
    form = FactsForm(request.POST, fields=_asked(found, viewer))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    told = form.facts()
    _keep(request, told)
    return redirect(_address(found, request.GET.urlencode()) + "#qualify")


@login_not_required
@require_safe
def statuses(request: HttpRequest) -> HttpResponse:
    return render(request, "discovery/statuses.html", {"chapters": chapters()})


@login_not_required
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """The list of whoever looks, the last one saved first."""
    viewer = viewer_of(request)
    person = person_here(request)
    public_ids = saved_ids(viewer, request.session)
    found = saved_list(public_ids, viewer, person, today=timezone.now().date())
    context = {"saved": found, "is_guest": not isinstance(viewer, User)}
    return render(request, "discovery/saved.html", context)


@login_not_required
@require_POST
def save(request: HttpRequest, public_id: str) -> HttpResponse:
    viewer = viewer_of(request)
    found = get_object_or_404(rotations_for(viewer), public_id=public_id)
    try:
        keep_saved(found, viewer, request.session, now=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.sentence)
    return _back(request)


@login_not_required
@require_POST
def unsave(request: HttpRequest, public_id: str) -> HttpResponse:
    drop_saved(public_id, viewer_of(request), request.session)
    return _back(request)


def preview(found: Rotation) -> dict[str, Any]:
    """The page's context as the public will have it, while the listing is not public yet."""
    nobody = person_of(AnonymousUser())
    shown = detail(found, AnonymousUser(), nobody, opening_id="", now=timezone.now())
    form = FactsForm(fields=shown.asked)
    return {"detail": replace(shown, is_preview=True), "form": form, "crumbs": _crumbs(shown)}


def _page(
    request: HttpRequest, found: Rotation, form: FactsForm | None, *, status: int = 200
) -> HttpResponse:
    viewer = viewer_of(request)
    person = person_here(request)
    shown = detail(
        found,
        viewer,
        person,
        opening_id=request.GET.get("opening", ""),
        now=timezone.now(),
    )
    form = form or FactsForm(initial=dict(person.known), fields=still_asked(viewer, shown.asked))
    is_saved = found.public_id in saved_ids(viewer, request.session)
    context = {"detail": shown, "form": form, "crumbs": _crumbs(shown), "is_saved": is_saved}
    context["is_guest"] = not isinstance(viewer, User)
    return render(request, "discovery/rotation.html", context, status=status)


def _asked(found: Rotation, viewer: User | AnonymousUser) -> list[str]:
    return still_asked(viewer, facts_asked(rules_of(found, timezone.now().date())))


def _address(found: Rotation, query: str) -> str:
    path = reverse("discovery:rotation", args=[found.public_id, found.slug])
    return f"{path}?{query}" if query else path


def _crumbs(shown: Detail) -> list[dict[str, Any]]:
    return [
        {"label": "Find rotations", "url": reverse("discovery:rotations")},
        {"label": shown.rotation.title, "url": ""},
    ]


def _keep(request: HttpRequest, told: dict[str, Any]) -> None:
    """With the person when signed in, else in the session."""
    viewer = viewer_of(request)
    if isinstance(viewer, User) and not viewer.is_staff:
        save_facts(viewer, told, actor=viewer, now=timezone.now())
    else:
        request.session["facts"] = request.session.get("facts", {}) | told


def _home(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    person = person_here(request)
    rows = newest(viewer, person, today=timezone.now().date(), size=NEWEST)
    return render(request, "discovery/home.html", {"rows": rows, "form": form}, status=status)


def _told(request: HttpRequest) -> dict[str, Any]:
    known = person_here(request).known
    return {"status": known.get("status", "")}


def _back(request: HttpRequest) -> HttpResponse:
    """To the page one came from, never to another site; else to the list."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else reverse("discovery:saved"))
