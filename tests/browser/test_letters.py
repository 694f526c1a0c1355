"""From asking for a letter to seeing it there: the learner, and the writer by the mailed page."""

import datetime as dt
from collections.abc import Callable

from rotations.letters.models import Letter
from tests.browser.conftest import Visit
from tests.browser.entrance import sign_in
from tests.factories.letters import door_to

LINA, BRUNO = "lina.demo@rounds.example", "bruno.demo@rounds.example"


def test_letter_is_asked_for_answered_submitted_and_seen(visit: Callable[..., Visit]) -> None:
    lina = visit("lina-letters")
    sign_in(lina, LINA)
    accepted = Letter.objects.get(learner__email=LINA, state="accepted")
    rotation = f"/rotation/{accepted.placement.public_id}/letter"
    lina.open(rotation)
    lina.shot("letters")
    lina.check_axe()
    lina.page.get_by_role("link", name="Ask another writer").click()
    lina.screen("Ask for a letter")
    page = lina.page
    page.get_by_label("Whom you ask").select_option("other")
    page.get_by_label("Name of somebody else").fill("Otto Lang")
    page.get_by_label("E-mail address of somebody else").fill("otto.lang@letters.example")
    page.get_by_label("ERAS (MyERAS)").check()
    page.get_by_label("My confirmed days and hours").check()
    page.get_by_label("I waive my right to see this letter").check()
    page.get_by_label("Your name, as a signature").fill(accepted.signed_name)
    lina.shot("letter-ask")
    lina.check_axe()
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("Otto Lang is asked by mail").wait_for()
    lina.shot("letter-asked")
    lina.check_axe()
    made = Letter.objects.get(writer_name="Otto Lang")
    _written_by_link(visit, made)
    page.reload()
    page.get_by_role("button", name="I see it in MyERAS").wait_for()
    lina.shot("letter-submitted")
    page.get_by_role("button", name="I see it in MyERAS").click()
    page.get_by_text("Noted: the letter is there").wait_for()
    made.refresh_from_db()
    assert made.state == "confirmed"


def _written_by_link(visit: Callable[..., Visit], letter: Letter) -> None:
    now = dt.datetime.now(dt.UTC)
    doctor = visit("letters-door", width=390, scheme="dark")
    doctor.open(f"/d/letters/{door_to(letter, now)}")
    doctor.page.get_by_role("heading", name="Can you write a strong letter for").wait_for()
    doctor.shot("letter-door")
    doctor.check_axe()
    doctor.page.get_by_role("button", name="I can write a strong letter").click()
    doctor.page.get_by_text("told that you will write").wait_for()
    doctor.shot("letter-door-accepted")
    doctor.check_axe()
    doctor.page.get_by_role("button", name="I have submitted it").click()
    doctor.page.get_by_text("nothing is left to do").wait_for()
    doctor.shot("letter-door-submitted")


def test_team_sees_states_and_dates(visit: Callable[..., Visit]) -> None:
    bruno = visit("bruno-letters", width=390, scheme="dark")
    sign_in(bruno, BRUNO, visit("mailbox"))
    letter = Letter.objects.get(learner__email=LINA, state="accepted")
    provider = letter.placement.booking.application.rotation.provider
    bruno.open(f"/p/{provider.slug}/letters")
    bruno.screen("Letters")
    bruno.shot("letters-team")
    bruno.check_axe()
