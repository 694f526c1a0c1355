"""A reviewer clears ten cases and touches no mouse."""

from collections.abc import Callable
from functools import partial

from django.db.models import QuerySet

from tests.browser.conftest import Visit
from tests.browser.entrance import sign_in
from tests.support.stack import Stack
from usce.cases.models import Case
from usce.cases.states import CaseState
from usce.devstack.demo.people import CHEN

Visiting = Callable[..., Visit]
CASES = 10
KIND = "applications.review"


def test_ten_applications_by_keyboard(visit: Visiting, stack: Stack) -> None:
    chen, mailbox = visit("chen-keys"), visit("mailbox")
    sign_in(chen, CHEN.email, mailbox)
    decided = Case.objects.filter(kind=KIND, state=CaseState.DECIDED)
    before, page = decided.count(), chen.page
    chen.open(f"/staff/?type={KIND}")
    chen.shot("50-queue")
    press = page.keyboard.press
    press("j")
    press("Enter")
    for cleared in range(1, CASES + 1):
        page.get_by_role("button", name="Decide").wait_for()
        press("a")
        with page.expect_navigation():
            press("Enter")
        stack.until(partial(is_so_many, decided, before + cleared), "it is decided")
    chen.shot("51-after-ten")
    chen.check_axe()
    print(f"{CASES} cases with {2 + 2 * CASES} keys and no pointer")  # noqa: T201 -- the figure is what the walk is for


def is_so_many(rows: QuerySet[Case], number: int) -> bool:
    return rows.count() == number
