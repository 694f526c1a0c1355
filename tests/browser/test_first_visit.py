"""A first visit on the worst terms: without script, by keyboard alone, over a thin line."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import Visit

Visiting = Callable[..., Visit]
MOST_BYTES, MOST_REQUESTS = 150 * 1024, 15
MOST_SCRIPT_BYTES, MOST_STYLE_BYTES = 50 * 1024, 30 * 1024
A_ROTATION = "main .result a[href^='/rotations/']"


def test_without_script_a_visitor_finds_checks_and_begins(visit: Visiting) -> None:
    person = visit("plain", width=390, java_script_enabled=False)
    page = person.page
    person.open("/")
    page.locator("select[name=status]").select_option("graduate")
    page.get_by_role("button", name="Search").click()
    page.locator(A_ROTATION).first.click()
    page.get_by_text(re.compile("Check whether I qualify|Change your answers")).click()
    answers = {"graduation_year": "2024"}
    for name, value in answers.items():
        if page.locator(f"input[name={name}]").count():
            page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#qualify")).to_contain_text(re.compile("can apply|missing|This host"))


@pytest.mark.parametrize("width", [1280, 390])
def test_by_keyboard_alone_a_visitor_comes_from_home_to_a_rotation(
    visit: Visiting, width: int
) -> None:
    page = visit("keys", width=width).page
    page.goto(visit("keys-again").base)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text(re.compile("Skip"))
    page.keyboard.press("Enter")
    walk_to(page, "button", "Search")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/rotations"))
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("where => document.activeElement.matches(where)", A_ROTATION):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/rotations/[a-z0-9]{16}-"))
    walk_to(page, "summary", "Check whether I qualify")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_visible()


def walk_to(page: Any, tag: str, words: str) -> None:
    for _press in range(120):
        page.keyboard.press("Tab")
        found = page.locator(f"{tag}:focus")
        if found.count() and words in found.inner_text():
            return
    raise AssertionError(f"no key leads to {words!r}")


def test_choosing_dates_shows_their_refund_and_keeps_the_focus(visit: Visiting) -> None:
    page = visit("dates").page
    page.goto(f"{visit('dates-again').base}/rotations")
    page.locator(A_ROTATION).first.click()
    page.wait_for_url(re.compile("/rotations/[a-z0-9]{16}-"))
    other = page.locator("#apply input[type=radio]:enabled:not(:checked)").first
    chosen = other.get_attribute("value")
    other.check()
    page.wait_for_url(re.compile(f"opening={chosen}"))
    expect(page.locator(f"#apply input[value='{chosen}']")).to_be_focused()
    expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/rotations"])
def test_first_visit_is_light(visit: Visiting, path: str) -> None:
    person = visit("thin", width=390)
    asked: list[Request] = []
    person.page.on("requestfinished", lambda it: asked.append(it))  # noqa: PLW0108 -- the driver wants a function of Python
    person.open(path)
    person.page.wait_for_load_state("networkidle")
    sizes = [(it.resource_type, sent_bytes(it)) for it in asked]
    sent = sum(size for _kind, size in sizes)
    print(f"{path}: {sent / 1024:.0f} KB in {len(asked)} requests")  # noqa: T201 -- the figure is what the visit is for
    assert sent <= MOST_BYTES
    assert len(asked) <= MOST_REQUESTS
    assert weight(sizes, "script") <= MOST_SCRIPT_BYTES
    assert weight(sizes, "stylesheet") <= MOST_STYLE_BYTES


def sent_bytes(request: Request) -> int:
    """As production sends it: static files of text lie there compressed."""
    response = request.response()
    assert response is not None
    sizes = request.sizes()
    body = sizes["responseBodySize"]
    if request.resource_type in ("script", "stylesheet"):
        body = min(body, len(gzip.compress(response.body())))
    return int(body + sizes["responseHeadersSize"])


def weight(sizes: list[tuple[str, int]], kind: str) -> int:
    return sum(size for found, size in sizes if found == kind)
