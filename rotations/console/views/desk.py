"""The queue, and one case after another."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rotations.console.forms import CloseForm
from rotations.console.permissions import can_see_queue
from rotations.console.subjects import label_of, page_of_subject, page_that_decides
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.cases.actions import claim_case, decide_case, release_case
from usce.cases.desk import filter_of, line_of, lines_of, next_address
from usce.cases.models import Case
from usce.cases.queries import cases_for, kinds_waiting, next_case, others_cases, own_cases
from usce.cases.states import LIVE
from usce.errors import Refused
from usce.paging import next_url, page_oldest_first
from usce.permissions import require

MOST_OWN = 25


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the roles this person holds: own cases first, then the oldest."""
    user, now = signed_in(request), timezone.now()
    require(can_see_queue(user))
    waiting, kind = kinds_waiting(user), filter_of(request)
    cursor = request.GET.get("after", "")
    own = [] if cursor else list(own_cases(user, kind)[:MOST_OWN])
    page = page_oldest_first(others_cases(user, kind), cursor, by="opened_at")
    lines = lines_of([*own, *page.items], user, now, kind)
    context = {
        "lines": [(line, label_of(line.case.kind)) for line in lines],
        "tabs": _tabs(waiting, kind),
        "kind": kind,
        "next_url": next_url(request, page.next_cursor),
    }
    return render(request, "console/queue.html", context)


def _tabs(waiting: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    url = reverse("console:queue")
    tabs = [{"label": "All", "url": url, "current": not chosen, "count": sum(waiting.values())}]
    for kind, count in waiting.items():
        address = f"{url}?{urlencode({'type': kind})}"
        label = label_of(kind)
        tabs.append({"label": label, "url": address, "current": kind == chosen, "count": count})
    return tabs


@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """Open what this person works next, of the type asked for; the queue when nothing waits."""
    user, kind = signed_in(request), filter_of(request)
    require(can_see_queue(user))
    found = next_case(user, kind, _known(user, request.GET.get("after", "")))
    if found is None:
        asked = f" of the type “{label_of(kind)}”" if kind else ""
        messages.info(request, f"Nothing{asked} waits for you.")
        return redirect("console:queue")
    return redirect(_address(found, kind))


def _known(user: User, public_id: str) -> Case | None:
    """The case one comes from; what is no id at all is asked of nobody."""
    is_id = public_id.isascii() and public_id.isalnum()
    return cases_for(user).filter(public_id=public_id).first() if is_id else None


@require_GET
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page on which the case is decided, or this one when its type has none."""
    found = get_object_or_404(cases_for(signed_in(request)), public_id=public_id)
    if page := page_that_decides(found):
        return redirect(_with_filter(page, filter_of(request)))
    return _case_page(request, found, CloseForm())


@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide a case that has no page of its own, with what was done."""
    user = signed_in(request)
    found = get_object_or_404(cases_for(user), public_id=public_id)
    if page_that_decides(found):
        return redirect("console:case", public_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, form, status=422)
    try:
        note = form.cleaned_data["note"]
        decide_case(found, "done", note=note, actor=user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _case_page(request, found, form, status=409)
    messages.success(request, f"{found.title}: done.")
    return redirect(next_address(found, filter_of(request)))


@require_POST
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    found = get_object_or_404(cases_for(user), public_id=public_id)
    claim_case(found, actor=user, now=timezone.now())
    return redirect(_address(found, filter_of(request)))


@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    found = get_object_or_404(cases_for(user), public_id=public_id)
    release_case(found, actor=user, now=timezone.now())
    messages.success(request, f"{found.title} is in the queue again for everybody.")
    return redirect(_with_filter(reverse("console:queue"), filter_of(request)))


def _case_page(
    request: HttpRequest, found: Case, form: CloseForm, status: int = 200
) -> HttpResponse:
    context = {
        "case": found,
        "line": line_of(found, request, timezone.now()),
        "kind": label_of(found.kind),
        "page": page_of_subject(found),
        "is_live": found.state in LIVE,
        "form": form,
    }
    return render(request, "console/case.html", context, status=status)


def _address(found: Case, kind: str) -> str:
    return _with_filter(reverse("console:case", args=[found.public_id]), kind)


def _with_filter(address: str, kind: str) -> str:
    return f"{address}?{urlencode({'type': kind})}" if kind else address
