"""How a person comes in: the demo password, the app's code, the code in the mail."""

import re

from tests.browser.conftest import Visit
from usce.devstack.demo.people import PASSWORD

USED: dict[str, str] = {}


def sign_in(visit: Visit, email: str, mailbox: Visit | None = None) -> None:
    visit.open("/accounts/login")
    visit.page.get_by_label("Email").fill(email)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()
    if mailbox is not None:
        code = fresh_factor(mailbox, email)
        visit.page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code)
        visit.page.get_by_role("button", name="Sign in").click()
    visit.page.wait_for_url(re.compile(r"/(home|staff|p)/?"))


def fresh_factor(mailbox: Visit, email: str) -> str:
    """The app's code now; one that was used is refused, so the next visit waits for another."""
    for _attempt in range(45):
        mailbox.open("/dev/mailbox")
        code = mailbox.page.locator("dl.facts div", has_text=email).locator("code").inner_text()
        if USED.get(email) != code:
            USED[email] = code
            return code
        mailbox.page.wait_for_timeout(1000)
    raise AssertionError(f"the code for {email} did not change")


def code_for(mailbox: Visit, email: str) -> str:
    """The code of the mail that confirms an address."""
    words = read_mail(mailbox, email, "Your code for Rounds")
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4}|\d{6})\s*$", words, re.MULTILINE)
    assert found, words
    return found.group(1)


def link_for(mailbox: Visit, email: str, subject: str, path: str) -> str:
    """The path that a mail leads to, beginning with `path`."""
    words = read_mail(mailbox, email, subject)
    found = re.search(rf"https?://[^/\s]+({re.escape(path)}\S*)", words)
    assert found, words
    return found.group(1)


def read_mail(mailbox: Visit, email: str, subject: str) -> str:
    for _attempt in range(60):
        mailbox.open(f"/dev/mailbox?to={email}")
        links = mailbox.page.get_by_role("link", name=re.compile(subject))
        if links.count():
            links.first.click()
            return mailbox.page.locator(".prose").inner_text()
        mailbox.page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {email} about {subject!r}")
