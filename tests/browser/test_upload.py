"""Papers go up in pieces, over a line that breaks, and several at once; a reviewer reads them."""

import io
import os
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import FilePayload, Route

from applicants.documents.models import Document, StoredHint
from tests.browser.conftest import WIDTHS, Visit
from tests.browser.entrance import sign_in
from tests.support.pdf import pdf_bytes
from tests.support.stack import Stack
from usce.devstack.demo.people import AMINA, CHEN

Visiting = Callable[..., Visit]
ISSUED = "2026-10-01"


def noise(side: int = 800) -> bytes:
    """A picture that no packing makes smaller: about two megabytes."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "PNG")
    return out.getvalue()


def test_photo_over_a_line_that_breaks(visit: Visiting, stack: Stack) -> None:
    amina = visit("amina-upload", width=WIDTHS["phone"])
    amina.expected = ("ERR_FAILED",)
    sign_in(amina, AMINA.email)
    page = amina.page
    broken: list[str] = []

    def break_once(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        if offset not in ("", "0") and not broken:
            broken.append(offset)
            route.abort()
        else:
            route.continue_()

    page.route(re.compile("/documents/incoming/"), break_once)
    amina.open("/documents/add?kind=photo")
    amina.shot("60-add")
    page.locator("input[type=file]").set_input_files(
        {"name": "photo of me.png", "mimeType": "image/png", "buffer": noise()}
    )
    page.get_by_label("Date on the paper").fill(ISSUED)
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("The line is away").wait_for()
    page.get_by_role("heading", name="Passport-style photo", level=1).wait_for()
    page.get_by_text("What was checked").wait_for()
    assert broken
    paper = Document.objects.get(file_name="photo of me.png")
    stack.until(lambda: Document.objects.get(pk=paper.pk).checked_at is not None, "it is checked")
    amina.open(f"/documents/{paper.public_id}")
    amina.shot("61-photo")
    amina.check_axe()


def test_several_at_once_and_then_the_reviewer(visit: Visiting, stack: Stack) -> None:
    amina, mailbox = visit("amina-several"), visit("mailbox")
    sign_in(amina, AMINA.email)
    page = amina.page
    amina.open("/documents/incoming")
    amina.shot("62-several-empty")
    files: list[FilePayload] = [
        {"name": f"paper {n}.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes(f"paper {n}")}
        for n in range(3)
    ]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Send them").click()
    page.get_by_role("heading", name="Say what each is").wait_for()
    amina.shot("63-several")
    amina.check_axe()
    page.get_by_label("What is paper 0.pdf?").select_option("diploma")
    page.get_by_role("button", name="Go on").first.click()
    page.get_by_text("has arrived").wait_for()
    amina.shot("64-arrived")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("What was checked").wait_for()
    amina.open("/documents")
    amina.shot("65-vault")
    paper = Document.objects.get(file_name="paper 0.pdf")
    stack.until(StoredHint.objects.filter(document=paper).exists, "hints are there")
    chen = visit("chen-papers")
    sign_in(chen, CHEN.email, mailbox)
    chen.open(f"/staff/papers/{paper.public_id}?type=documents.review")
    chen.page.get_by_role("img", name="Page 1 of 1").scroll_into_view_if_needed()
    chen.page.wait_for_load_state("networkidle")
    chen.shot("66-review")
    chen.check_axe()
    chen.page.keyboard.press("r")
    chen.page.get_by_label("Usual reason").select_option("unsigned")
    chen.page.get_by_role("button", name="Decide").click()
    chen.page.get_by_text("the applicant was told why").wait_for()
    amina.open(f"/documents/{paper.public_id}")
    amina.page.get_by_text("A signature or stamp is missing.").first.wait_for()
    for width, scheme in ((390, "light"), (390, "dark"), (1280, "dark")):
        again = visit(f"amina-{width}-{scheme}", width=width, scheme=scheme)
        sign_in(again, AMINA.email)
        for path, name in (
            ("/documents", "65-vault"),
            (f"/documents/{paper.public_id}", "67-refused"),
            ("/documents/incoming", "63-several"),
            ("/documents/add?kind=passport", "60-add"),
        ):
            again.open(path)
            again.shot(name)
