"""A real browser before the whole product: processes, sandbox and all."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from tests.support.stack import Stack, using

# Playwright keeps an event loop running in this thread; Django would refuse the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SHOTS = Path(os.environ.get("SCREENSHOTS", ".cache/screens"))
IS_LOOKED_AT = "SCREENSHOTS" in os.environ
AXE = Axe().axe_script
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET.split()}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        running.prepare()
        running.manage("seed_demo", "--once")
        running.start()
        with django_db_blocker.unblock(), using(running.services.database_url):
            yield running
    finally:
        running.stop()


class Visit:
    """One person's browser: every console error and policy violation is a failure of the walk.

    The browser also calls an answer like 422 or 404 an error: a walk that asks for one says so in
    `expected`.
    """

    def __init__(self, context: BrowserContext, base: str, name: str) -> None:
        self.page: Page = context.new_page()
        self.base = base
        self.name = name
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.screens: list[str] = []
        self.answers = 0
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")

    def shot(self, name: str) -> None:
        """A picture to look at, and what a picture does not show."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.name}.png", full_page=True)
        self.check_page()

    def look(self, name: str) -> None:
        """One page of very many: a picture only for somebody who named a folder."""
        if IS_LOOKED_AT:
            self.shot(name)
        else:
            self.check_page()

    def check_page(self) -> None:
        """One h1, no sideways scroll."""
        self.check_width()
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has no single h1"

    def check_width(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def screen(self, heading: str) -> None:
        """Wait for the next screen of a way that is counted."""
        self.page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()
        self.screens.append(heading)

    def answer(self, question: Locator, value: str = "") -> None:
        """Answer what a form asks, as a person would: write, choose or tick."""
        self.answers += 1
        kind = question.evaluate("it => it.type || it.tagName")
        if kind in ("checkbox", "radio"):
            question.check()
        elif kind == "select-one":
            question.select_option(value)
        else:
            question.fill(value)

    def check_axe(self, *, is_first: bool = True, **options: Any) -> None:
        """All rules; a second page of a kind has the colors of the first, which take longest.

        Only what is wrong comes back: the thousand nodes that are right take long to tell.
        """
        self.page.evaluate(AXE)
        asked = {"resultTypes": ["violations"], **options}
        if not is_first:
            asked["rules"] = {"color-contrast": {"enabled": False}}
        wrong = self.page.evaluate("options => axe.run(options).then(it => it.violations)", asked)
        told = [f"{it['id']}: {node['html']}" for it in wrong for node in it["nodes"]]
        assert told == [], self.page.url

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(said in message.text for said in self.expected):
            self.faults.append(f"{self.page.url}: {message.text}")


@pytest.fixture
def visit(
    browser: Browser, stack: Stack, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visit]]:
    """`visit("amina", width=390, scheme="dark")` opens a person's own browser."""
    opened: list[tuple[BrowserContext, Visit]] = []

    def start(name: str, width: int = 1280, scheme: Any = "light", **options: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            service_workers="block",
            timezone_id="Asia/Kolkata",
            **options,
        )
        context.set_default_timeout(20_000)
        opened.append((context, Visit(context, stack.url, name)))
        return opened[-1][1]

    yield start
    faults = [fault for _context, visit in opened for fault in visit.faults]
    for context, _visit in opened:
        context.close()
    assert faults == []
