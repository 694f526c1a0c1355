"""A clinic's owner gets from the invitation in the mail to a listing submitted, in six screens."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from tests.browser.conftest import WIDTHS, Visit
from tests.browser.entrance import link_for, sign_in
from tests.support.stack import Stack

Visiting = Callable[..., Visit]
NPI = "1234567893"
PASSWORD = "correct horse battery"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_invitation_to_submitted_listing(visit: Visiting, stack: Stack, size: str) -> None:
    width, scheme = WIDTHS[size], "light" if size == "desktop" else "dark"
    mailbox, chen = visit("mailbox"), visit(f"chen-{size}", width=width, scheme=scheme)
    owner = visit(f"new-owner-{size}", width=width, scheme=scheme)
    email, clinic = f"owner-{size}@hillclinic.example", f"Hill Clinic {size}"
    sign_in(chen, "chen.demo@rounds.example", mailbox)
    invite(chen, clinic, email)
    owner.open(link_for(mailbox, email, "invites you", "/d/invitation/"))
    join(owner, clinic)
    tell_place(owner, clinic)
    name_preceptor(owner)
    begin_listing(owner)
    add_dates(owner)
    submit(owner)
    rotation = Rotation.objects.get(provider__name=clinic)
    assert rotation.state == RotationState.IN_REVIEW
    print(f"{size}: {len(owner.screens)} screens, {owner.answers} answers: {owner.screens}")  # noqa: T201 -- the figure is what the walk is for
    assert len(owner.screens) == 6


def invite(chen: Visit, clinic: str, email: str) -> None:
    chen.open("/staff/providers/invite")
    chen.shot("30-invite")
    chen.check_axe()
    chen.page.get_by_label("Name of the organization").fill(clinic)
    chen.page.get_by_label("E-mail address").fill(email)
    chen.page.get_by_role("button", name="Send the invitation").click()
    chen.page.wait_for_load_state()


def join(owner: Visit, clinic: str) -> None:
    page = owner.page
    owner.screen(f"Join {clinic} on Rounds")
    owner.shot("31-invitation")
    owner.check_axe()
    owner.answer(page.get_by_label("Your name"), "Nadia O'Connor-Łukasz")
    owner.answer(page.get_by_label("Your role there"), "Practice manager")
    owner.answer(page.get_by_label("Password"), PASSWORD)
    owner.answer(page.get_by_label(re.compile("18 or over")))
    page.get_by_role("button", name="Accept and go on").click()
    page.get_by_role("heading", level=1).wait_for()
    owner.shot("32-today-draft")
    owner.check_axe()
    page.locator(".next a, .next-line a").first.click()


def tell_place(owner: Visit, clinic: str) -> None:
    page = owner.page
    owner.screen("Where learners go")
    owner.answer(page.get_by_label("Name of the organization"), clinic)
    owner.answer(page.get_by_label("Clinic", exact=False).first)
    owner.answer(page.get_by_label("Street and number"), "12 Hill Street")
    owner.answer(page.get_by_label("City"), "Chicago")
    owner.answer(page.get_by_label("State"), "IL")
    owner.answer(page.get_by_label("ZIP code"), "60601")
    owner.answer(page.get_by_label("Website"), "https://hillclinic.example")
    owner.shot("33-place")
    owner.check_axe()
    page.get_by_role("button", name="Save and go on").click()


def name_preceptor(owner: Visit) -> None:
    page, owner.expected = owner.page, ("422",)
    owner.screen("Who supervises")
    owner.answer(page.get_by_label("Name", exact=True), "Ana Ruiz")
    owner.answer(page.get_by_label("Credentials"), "MD, FACP")
    owner.answer(page.get_by_label("Specialty"), "internal-medicine")
    owner.answer(page.get_by_label("NPI"), "1234567890")
    owner.answer(page.get_by_label("State of the medical license"), "IL")
    owner.answer(page.get_by_label("License number"), "036-000000")
    owner.answer(page.get_by_label("E-mail address of the preceptor"), "ruiz@hillclinic.example")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("This is not a possible NPI").first.wait_for()
    owner.shot("34-preceptor-refused")
    owner.check_axe()
    assert page.get_by_label("Credentials").input_value() == "MD, FACP"
    page.get_by_label("NPI").fill(NPI)
    page.get_by_role("button", name="Save and go on").click()


def begin_listing(owner: Visit) -> None:
    page = owner.page
    owner.screen("The rotation")
    owner.answer(page.locator("select[name=specialty]"), "internal-medicine")
    owner.answer(page.locator("[name=kind][value=observership]"))
    owner.answer(page.get_by_label("Weeks of one block"), "4")
    owner.answer(page.locator("[name=fee][value=block]"))
    owner.answer(page.get_by_label("Price in dollars"), "1500")
    owner.shot("35-rotation")
    owner.check_axe()
    page.get_by_role("button", name="Save and go on").click()


def add_dates(owner: Visit) -> None:
    page = owner.page
    page.get_by_role("heading", name="Add dates").wait_for()
    owner.screens.append("Add dates")
    first = page.get_by_label("First Monday")
    owner.answer(first, first.input_value() or "2027-03-01")
    owner.answer(page.get_by_label("Blocks, one after the other"), "2")
    owner.answer(page.get_by_label("Seats in each"), "2")
    owner.shot("36-dates")
    owner.check_axe()
    page.get_by_role("button", name="Save and go on").click()


def submit(owner: Visit) -> None:
    """The preview, the second factor, and the listing submitted from Today."""
    page = owner.page
    page.get_by_role("button", name="Submit to our staff").wait_for()
    owner.screens.append("Preview and submit")
    owner.shot("37-preview")
    owner.check_axe()
    owner.answer(page.locator("[name=refunds]").first)
    owner.answer(page.get_by_label(re.compile("provider agreement")))
    page.get_by_role("button", name="Submit to our staff").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Set up a second factor").wait_for()
    owner.shot("38-second-factor")
    owner.check_axe()
    secret = page.locator("dl.facts code").inner_text()
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code_now(secret))
    page.get_by_role("button", name="Switch it on").click()
    page.wait_for_load_state()
    slug = Rotation.objects.latest("id").provider.slug
    owner.open(f"/p/{slug}/")
    owner.shot("39-today-submit")
    page.locator(".next a, .next-line a").first.click()
    page.get_by_role("button", name="Submit to our staff").click()
    page.get_by_text("is with our staff").first.wait_for()
    owner.shot("40-submitted")
    owner.check_axe()


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
