"""Every page that each person can reach by links: no dead link, no sideways scroll, axe 0."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WIDTHS, Visit
from tests.browser.crawl import NOWHERE, pages_of
from tests.browser.entrance import sign_in
from tests.support.stack import Stack
from usce.devstack.demo.people import ADA, AMINA, BRUNO, CHEN, FAY

Visiting = Callable[..., Visit]
VISITOR = ("/", "/rotations?q=zzzz", "/rotations?kind=research", NOWHERE)
PEOPLE = {
    "visitor": ("", False, VISITOR),
    "amina": (AMINA.email, False, ("/home",)),
    "bruno": (BRUNO.email, True, ("/home",)),
    "chen": (CHEN.email, True, ("/staff/",)),
    "fay": (FAY.email, True, ("/staff/",)),
    "ada": (ADA.email, True, ("/staff/",)),
}
# A value of the program where words should stand; staff see jobs and entries as they are.
LEAKS = re.compile(
    r"\(\d+, \d|\[\d+, |\bNone\b(?!\.| [a-z])|\bFalse\b|object at 0x|\{[{%]|datetime\.|<\w+: "
    r"|\b[a-z]{3,}_[a-z_]{3,}\b"
)
FAULTS = """
() => [...document.querySelectorAll("[id]")].map(it => it.id)
    .filter((id, at, all) => all.indexOf(id) !== at)
    .map(id => `the id ${id} stands twice`)
"""


@pytest.fixture(scope="module")
def public(browser: Browser, stack: Stack) -> set[str]:
    """Kinds that the visitor meets, which need not be looked at again as somebody else."""
    with browser.new_context() as context:
        return set(pages_of(Visit(context, stack.url, "public"), VISITOR))


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_of(visit: Visiting, public: set[str], who: str) -> None:
    email, has_factor, first = PEOPLE[who]
    person = visit(f"every-{who}")
    person.expected = ("404",)  # of the one address that is none
    if email:
        sign_in(person, email, visit("mailbox") if has_factor else None)
    kinds: Counter[str] = Counter()
    for kind in pages_of(person, first):
        kinds[kind] += 1
        if kind not in public or not email:
            look_at(person, kind, is_first=kinds[kind] == 1)
    print(f"{who}: {kinds.total()} pages of {len(kinds)} kinds")  # noqa: T201 -- the figure is what the walk is for
    assert len(kinds) >= 10


def look_at(person: Visit, kind: str, *, is_first: bool) -> None:
    """Both widths, light and dark; 320 px; text at 200 %."""
    page = person.page
    name = "page" + re.sub(r"[^a-z]+", "-", kind)
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        person.check_axe(is_first=is_first)
        person.look(f"{name}-{size}-light")
        page.emulate_media(color_scheme="dark")
        if is_first:
            person.check_axe(runOnly=["color-contrast"])
        person.look(f"{name}-{size}-dark")
    page.set_viewport_size({"width": 320, "height": 700})
    person.check_width()
    page.set_viewport_size({"width": 640, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    person.check_width()
    assert page.evaluate(FAULTS) == []
    assert kind.startswith("/staff") or not LEAKS.findall(page.locator("body").inner_text())
