"""Who opened my application and my papers: newest first, by paper, by viewer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from rotations.console.viewers import STAFF, by_thing, by_viewer, named, views_like
from usce.accounts.people import signed_in
from usce.paging import next_url, page_of

TABS = (("", "Newest first"), ("paper", "By paper"), ("viewer", "By person"))


@require_GET
def access(request: HttpRequest) -> HttpResponse:
    user, by = signed_in(request), request.GET.get("by", "")
    context: dict[str, Any] = {"tabs": _tabs(by), "by": by, "staff": STAFF}
    if by == "paper":
        context["groups"] = by_thing(user)
    elif by == "viewer":
        context["groups"] = by_viewer(user)
    else:
        what, who = request.GET.get("what", ""), request.GET.get("who", "")
        page = page_of(views_like(user, what=what, who=who), request.GET.get("after", ""))
        context |= {
            "views": named(page.items),
            "is_narrowed": bool(what or who),
            "next_url": next_url(request, page.next_cursor),
        }
    return render(request, "console/access.html", context)


def _tabs(chosen: str) -> list[dict[str, Any]]:
    url = reverse("console:access")
    return [
        {"label": label, "url": f"{url}?by={by}" if by else url, "current": by == chosen}
        for by, label in TABS
    ]
