"""From the rotation page to a sent application by somebody who has no account yet."""

import datetime as dt
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applicants.profiles.models import Profile
from applicants.profiles.queries import facts_of, profile_for
from rotations.applications.actions import forward_application
from rotations.applications.guests import KEY, MOST
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.catalog.actions import cancel_opening
from rotations.catalog.models import Opening, Rotation
from rotations.providers.models import Provider
from tests.factories.catalog import OpeningFactory, RequirementFactory
from tests.factories.stories import an_application, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import ConsentRecord, User
from usce.notifications.models import Mail
from usce.notifications.rendering import render
from usce.notifications.secrets import FACT, unseal

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
START = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)
PASSWORD = "correct horse battery"
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} =1+1 مرحبا"


@pytest.fixture
def opening(provider: Provider) -> Opening:
    found = later_opening(provider)
    RequirementFactory(rotation=found.rotation)
    return found


def later_opening(provider: Provider) -> Opening:
    found = an_opening(provider)
    found.starts_on, found.ends_on = START, START + dt.timedelta(days=25)
    found.save()
    return found


@pytest.fixture
def rotation(opening: Opening) -> Rotation:
    return opening.rotation


def path(name: str, rotation: Rotation) -> str:
    return reverse(f"applications:{name}", args=[rotation.public_id])


def begin(client: Client, opening: Opening, /, **more: str) -> Any:
    told = {
        "opening": opening.public_id,
        "statement": "I want to learn.",
        "graduation_year": "2024",
    }
    return client.post(path("apply", opening.rotation), told | more)


def sign_up(
    client: Client, rotation: Rotation, email: str = "new@example.test", **more: str
) -> Any:
    you = {
        "given_name": "Lin", "family_name": "Østergård", "email": email,
        "password1": PASSWORD, "agreed": "on", "time_zone": "Asia/Karachi",
    }  # fmt: skip
    return client.post(path("you", rotation), you | more)


def code_to(email: str) -> str:
    mail = Mail.objects.filter(address=email).latest("pk")
    return str(unseal(mail.facts[FACT])["code"])


def confirm(client: Client, email: str = "new@example.test") -> Any:
    return client.post(reverse("account_email_verification_sent"), {"code": code_to(email)})


def test_draft_survives_from_the_first_answer_to_the_sent_application(
    rotation: Rotation, opening: Opening
) -> None:
    client = Client()
    assert begin(client, opening)["Location"] == path("you", rotation)
    assert sign_up(client, rotation)["Location"] == reverse("account_email_verification_sent")
    assert confirm(client)["Location"] == path("go-on", rotation)
    review = client.get(path("go-on", rotation), follow=True)
    draft = Application.objects.get()
    assert review.redirect_chain[-1][0] == reverse("applications:send", args=[draft.public_id])
    assert (draft.opening, draft.statement) == (opening, "I want to learn.")
    cv = SimpleUploadedFile("cv.pdf", PDF, "application/pdf")
    client.post(reverse("applications:send", args=[draft.public_id]), {"cv": cv})
    draft.refresh_from_db()
    assert draft.state == ApplicationState.SUBMITTED
    assert facts_of(profile_for(draft.applicant)) == {"graduation_year": 2024}
    assert draft.applicant.full_name == "Lin Østergård"
    assert set(ConsentRecord.objects.values_list("purpose", flat=True)) == {"terms", "adult"}
    assert KEY not in client.session or client.session[KEY] == []


def test_way_has_at_most_six_screens_and_thirteen_answers(
    rotation: Rotation, opening: Opening
) -> None:
    client = Client()
    screens = ["results", "rotation"]
    required = {"specialty", "when"}
    for name in ("apply", "you"):
        form = client.get(path(name, rotation)).content.decode()
        screens.append(name)
        required |= set(re.findall(r'<(?:input|select|textarea)[^>]*name="(\w+)"', form))
        begin(client, opening)
    screens += ["review and send", "sent"]
    required |= {"cv", "code"}
    required -= {"csrfmiddlewaretoken", "statement", "time_zone"}
    assert len(screens) <= 6
    assert len(required) <= 13, sorted(required)


def test_review_without_a_cv_asks_for_it_in_place(rotation: Rotation, opening: Opening) -> None:
    client = Client()
    begin(client, opening)
    sign_up(client, rotation)
    confirm(client)
    client.get(path("go-on", rotation))
    url = reverse("applications:send", args=[Application.objects.get().public_id])
    response = client.post(url, {"x": "y"})
    assert response.status_code == 422
    assert "Add your CV as a PDF." in response.content.decode()
    assert Application.objects.get().state == ApplicationState.DRAFT


def test_who_has_an_account_signs_in_and_goes_on(
    rotation: Rotation, opening: Opening, amina: User
) -> None:
    amina.set_password(PASSWORD)
    amina.save()
    client = Client()
    begin(client, opening)
    page = client.get(path("you", rotation)).content.decode()
    assert f"{reverse('account_login')}?next=" in page
    before = client.session.session_key
    told = {"login": amina.email, "password": PASSWORD, "next": path("go-on", rotation)}
    response = client.post(reverse("account_login"), told)
    assert response["Location"] == path("go-on", rotation)
    assert client.session.session_key != before
    client.get(path("go-on", rotation))
    assert Application.objects.get().applicant == amina


def test_application_that_lives_already_wins(
    rotation: Rotation, opening: Opening, amina: User
) -> None:
    sent = an_application(opening, amina, "in_review")
    client = Client()
    begin(client, opening, statement="Other words")
    client.force_login(amina)
    response = client.get(path("go-on", rotation), follow=True)
    assert sent.reference in response.content.decode()
    sent.refresh_from_db()
    assert (Application.objects.count(), sent.state) == (1, "in_review")
    assert sent.statement != "Other words"


def test_address_that_exists_is_not_told(rotation: Rotation, opening: Opening, amina: User) -> None:
    client = Client()
    begin(client, opening)
    response = sign_up(client, rotation, amina.email)
    assert response["Location"] == reverse("account_email_verification_sent")
    mail = Mail.objects.filter(address=amina.email).latest("pk")
    assert mail.event == "accounts.already_registered"
    assert User.objects.filter(email=amina.email).count() == 1
    assert not Profile.objects.filter(family_name="Østergård").exists()


def test_opening_canceled_meanwhile_loses_no_word(
    rotation: Rotation, opening: Opening, bruno: User, amina: User, now: Any
) -> None:
    client = Client()
    begin(client, opening, statement=HOSTILE)
    OpeningFactory(
        rotation=rotation,
        starts_on=START + dt.timedelta(days=60),
        ends_on=START + dt.timedelta(days=80),
    )
    cancel_opening(opening, reason="ill", actor=bruno, now=now)
    client.force_login(amina)
    response = client.get(path("go-on", rotation), follow=True)
    body = response.content.decode()
    assert "can no longer be applied for" in body
    assert "{{7*7}}" in body
    assert "<img src=x" not in body
    assert not Application.objects.exists()


def test_rule_that_is_not_met_is_said_before_any_account(opening: Opening) -> None:
    client = Client()
    response = begin(client, opening, graduation_year="1990")
    assert response.status_code == 422
    assert "graduation" in response.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"opening": ""},
        {"opening": "0" * 16},
        {"graduation_year": "soon"},
        {"statement": "x" * 4001},
    ],
)
def test_wrong_answer_stays_on_the_page(opening: Opening, wrong: dict[str, str]) -> None:
    response = begin(Client(), opening, **wrong)
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()


def test_two_rotations_are_begun_side_by_side_and_only_the_last_five_kept(
    provider: Provider,
) -> None:
    client = Client()
    openings = [later_opening(provider) for _nth in range(MOST + 1)]
    for opening in openings:
        assert begin(client, opening).status_code == 302
    kept = [row["rotation"] for row in client.session[KEY]]
    assert kept == [opening.rotation.public_id for opening in openings[1:]]


def test_page_of_the_person_needs_something_begun(rotation: Rotation) -> None:
    assert Client().get(path("you", rotation))["Location"] == path("apply", rotation)


@pytest.mark.parametrize("wrong", [{"agreed": ""}, {"family_name": ""}, {"password1": "123"}])
def test_sign_up_says_what_is_missing_and_keeps_the_rest(
    rotation: Rotation, opening: Opening, wrong: dict[str, str]
) -> None:
    client = Client()
    begin(client, opening)
    response = sign_up(client, rotation, **wrong)
    assert response.status_code == 200
    body = response.content.decode()
    assert 'class="error"' in body
    assert "new@example.test" in body
    assert not EmailAddress.objects.filter(email="new@example.test").exists()


def test_mail_with_the_code_is_the_products_own(rotation: Rotation, opening: Opening) -> None:
    client = Client()
    begin(client, opening)
    sign_up(client, rotation)
    mail = Mail.objects.get(address="new@example.test")
    rendered = render(mail, url="", secret=unseal(mail.facts[FACT]))
    assert rendered.subject == "Your code for Rounds"


def test_home_leads_back_to_what_was_begun(opening: Opening, amina: User) -> None:
    client = Client()
    begin(client, opening)
    client.force_login(amina)
    body = client.get("/home").content.decode()
    assert path("go-on", opening.rotation) in body
    client.get(path("go-on", opening.rotation))
    assert path("go-on", opening.rotation) not in client.get("/home").content.decode()


def test_messages_tab_shows_what_was_written_about_this_application(
    opening: Opening, amina: User, chen: User, now: Any
) -> None:
    mine, other = (an_application(o, amina, "in_review") for o in (opening, an_opening()))
    for application in (mine, other):
        forward_application(application, note="", actor=chen, now=now)
    client = client_of(amina)
    url = reverse("applications:detail", args=[mine.public_id])
    shown = client.get(f"{url}?tab=messages").context["mails"]
    assert [mail.facts["reference"] for mail, _subject in shown] == [mine.reference]


@pytest.mark.parametrize(
    ("state", "words"), [("in_review", "staff are late"), ("forwarded", "withdraw")]
)
def test_late_answer_says_what_one_can_do(
    state: str, words: str, opening: Opening, amina: User
) -> None:
    mine = an_application(opening, amina, state)
    client, url = client_of(amina), reverse("applications:detail", args=[mine.public_id])
    Application.objects.update(answer_due_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    assert "No answer yet" not in client.get(url).content.decode()
    Application.objects.update(answer_due_at=dt.datetime(2026, 7, 3, tzinfo=dt.UTC))
    body = client.get(url).content.decode()
    assert "No answer yet" in body
    assert words in body


def test_expired_session_says_what_to_do(rotation: Rotation, opening: Opening) -> None:
    client = Client()
    begin(client, opening)
    client.session.flush()
    for response in (client.get(path("you", rotation), follow=True), sign_up(client, rotation)):
        assert response.status_code in (200, 302)
    assert "Choose your dates first." in client.get(path("apply", rotation)).content.decode()
    assert not User.objects.filter(email="new@example.test").exists()


def test_words_typed_after_the_session_ended_stand_beside_the_draft(
    rotation: Rotation, opening: Opening, amina: User
) -> None:
    draft = an_application(opening, amina, "draft")
    Application.objects.update(statement="Old words")
    client = Client()
    begin(client, opening, statement=HOSTILE)
    client.force_login(amina)
    for _visit in range(2):
        response = client.get(path("go-on", rotation), follow=True)
        assert response.redirect_chain[-1][0] == path("apply", rotation)
        body = response.content.decode()
        assert "Old words" in body
        assert "{{7*7}} =1+1" in body
        assert "<img src=x" not in body
    client.post(
        path("apply", rotation), {"opening": opening.public_id, "statement": "Both, in new words"}
    )
    draft.refresh_from_db()
    assert draft.statement == "Both, in new words"
    body = client.get(path("apply", rotation)).content.decode()
    assert "before signing in" not in body


def test_account_made_twice_by_a_double_click_is_confirmed_by_the_last_code(
    rotation: Rotation, opening: Opening
) -> None:
    client = Client()
    begin(client, opening)
    for _click in range(2):
        assert sign_up(client, rotation).status_code == 302
    assert User.objects.filter(email="new@example.test").count() == 1
    assert confirm(client)["Location"] == path("go-on", rotation)


def test_signing_up_changes_the_sessions_key(rotation: Rotation, opening: Opening) -> None:
    client = Client()
    begin(client, opening)
    before = client.session.session_key
    sign_up(client, rotation)
    confirm(client)
    assert client.session.session_key != before
    client.cookies["sessionid"] = before or ""
    assert client.get("/home").status_code == 302


def test_two_drafts_begun_without_an_account_both_survive(provider: Provider) -> None:
    client, openings = Client(), [later_opening(provider), later_opening(provider)]
    for opening in openings:
        begin(client, opening, statement=f"For {opening.public_id}")
    sign_up(client, openings[0].rotation)
    confirm(client)
    for opening in openings:
        client.get(path("go-on", opening.rotation))
    kept = Application.objects.values_list("opening", "statement").order_by("pk")
    assert list(kept) == [(o.pk, f"For {o.public_id}") for o in openings]


def test_names_in_any_script_and_hostile_ones_stay_words(
    rotation: Rotation, opening: Opening
) -> None:
    client = Client()
    begin(client, opening, statement=HOSTILE)
    sign_up(client, rotation, given_name="=1+1 <script>x</script>", family_name="{{7*7}} 李 مرحبا")
    confirm(client)
    body = client.get(path("go-on", rotation), follow=True).content.decode()
    assert "<script>x" not in body
    assert "<img src=x" not in body
    assert Profile.objects.get().family_name == "{{7*7}} 李 مرحبا"
    assert client.get("/home").status_code == 200


def test_draft_of_another_person_is_not_there(
    rotation: Rotation, opening: Opening, amina: User, dora: User
) -> None:
    an_application(opening, amina, "draft")
    client = client_of(dora)
    assert client.get(path("go-on", rotation))["Location"] == path("apply", rotation)
    assert not Application.objects.filter(applicant=dora).exists()
