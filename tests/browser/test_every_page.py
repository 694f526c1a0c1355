"""Every page that each person can reach by links: no dead link, no sideways scroll, axe 0."""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.browser.conftest import WIDTHS, Visit
from tests.browser.entrance import sign_in
from tests.support.stack import Stack
from usce.devstack.demo.people import ADA, AMINA, BRUNO, CHEN, FAY

Visiting = Callable[..., Visit]
OF_ONE_KIND = 2
PUBLIC: set[str] = set()  # what the visitor has seen need not be looked at again by others
OTHER_PLACES = ("/dev/", "/static/", "/accounts/logout")
PEOPLE = {
    "visitor": ("", False, ("/", "/rotations?q=zzzz", "/rotations?kind=research", "/nowhere")),
    "amina": (AMINA.email, False, ("/home",)),
    "bruno": (BRUNO.email, True, ("/home",)),
    "chen": (CHEN.email, True, ("/staff/",)),
    "fay": (FAY.email, True, ("/staff/",)),
    "ada": (ADA.email, True, ("/staff/",)),
}
FAULTS = """
() => [...document.querySelectorAll("[id]")].map(it => it.id)
    .filter((id, at, all) => all.indexOf(id) !== at)
    .map(id => `the id ${id} stands twice`)
"""


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_of(visit: Visiting, stack: Stack, who: str) -> None:
    email, has_factor, first = PEOPLE[who]
    person = visit(f"every-{who}")
    person.expected = ("404",)  # of the one address that is none
    if email:
        sign_in(person, email, visit("mailbox") if has_factor else None)
    waiting, seen = list(first), set(first)
    kinds = Counter(kind_of(path) for path in first)
    while waiting:
        path = waiting.pop(0)
        if path != "/nowhere" and not is_page(person, path):
            continue
        person.open(path)
        if kind_of(path) not in PUBLIC:
            look_at(person, kind_of(path))
        for link in links_of(person):
            if link not in seen and kinds[kind_of(link)] < OF_ONE_KIND:
                seen.add(link)
                kinds[kind_of(link)] += 1
                waiting.append(link)
    if not email:
        PUBLIC.update(kinds)
    print(f"{who}: {kinds.total()} pages of {len(kinds)} kinds")  # noqa: T201 -- the figure is what the walk is for
    assert len(kinds) >= 10


def is_page(person: Visit, path: str) -> bool:
    """Whether a page is there, and not a file to keep; a link that leads nowhere fails."""
    answer = person.page.request.get(f"{person.base}{path}")
    assert answer.status < 400, f"{path} answers {answer.status}"
    return answer.headers["content-type"].startswith("text/html")


def look_at(person: Visit, kind: str) -> None:
    """Both widths, light and dark (what does not depend on colors once); 320 px; text at 200 %."""
    page = person.page
    name = "page" + re.sub(r"[^a-z]+", "-", kind)
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        person.check_axe()
        page.emulate_media(color_scheme="dark")
        person.check_axe(runOnly=["color-contrast"])
        person.shot(f"{name}-{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    person.check_width()
    page.set_viewport_size({"width": 640, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    person.check_width()
    assert page.evaluate(FAULTS) == []


def links_of(person: Visit) -> list[str]:
    """Paths of this site that the page leads to."""
    found = person.page.eval_on_selector_all("a[href]", "all => all.map(it => it.href)")
    parts = [urlsplit(link) for link in found if link.startswith(person.base)]
    paths = [f"{it.path}?{it.query}" if it.query else it.path for it in parts]
    return [path for path in paths if not path.startswith(OTHER_PLACES)]


def kind_of(path: str) -> str:
    """The route, and which questions its address answers."""
    address = urlsplit(path)
    try:
        route = resolve(address.path).route
    except Resolver404:
        route = "nowhere"
    names = sorted({pair.split("=")[0] for pair in address.query.split("&") if pair})
    return f"/{route}" + (f"?{'&'.join(names)}" if names else "")
