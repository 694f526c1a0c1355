import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applicants.documents.models import Document
from applicants.documents.tasks import settle_forgotten
from applicants.profiles.models import Profile
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.catalog.models import Opening, Rotation
from rotations.providers.models import Provider, Role
from tests.factories.catalog import RequirementFactory
from tests.factories.providers import MemberFactory
from tests.factories.stories import a_cv, a_named_applicant, an_application, an_opening
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.audit.models import AccessLog
from usce.files.tasks import scan_stored_blob

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def page(client: Client, name: str, *args: str, query: str = "") -> Any:
    return client.get(reverse(name, args=args) + query)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def later(opening: Opening) -> Opening:
    """Dates that are open whatever the clock says."""
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    opening.refresh_from_db()
    return opening


def test_apply_page_offers_the_dates_of_the_listing(later: Opening, amina: User) -> None:
    query = f"?opening={later.public_id}"
    response = page(client_of(amina), "applications:apply", later.rotation.public_id, query=query)
    assert response.status_code == 200
    assert "5 to 30 October 2099" in text_of(response)
    assert "checked" in response.content.decode()


def test_apply_keeps_the_draft_and_goes_to_the_facts(later: Opening, amina: User) -> None:
    url = reverse("applications:apply", args=[later.rotation.public_id])
    cv = SimpleUploadedFile("cv.pdf", PDF, "application/pdf")
    told = {"opening": later.public_id, "statement": "I want to learn.", "cv": cv}
    response = client_of(amina).post(url, told)
    draft = Application.objects.get()
    assert response["Location"] == reverse("applications:facts", args=[later.rotation.public_id])
    assert (draft.statement, draft.cv and draft.cv.owner) == ("I want to learn.", amina)


def test_apply_with_a_known_cv_and_name_goes_to_the_review(later: Opening) -> None:
    person = a_named_applicant()
    cv = a_cv(person)
    url = reverse("applications:apply", args=[later.rotation.public_id])
    response = client_of(person).post(url, {"opening": later.public_id, "statement": ""})
    draft = Application.objects.get()
    assert response["Location"] == reverse("applications:send", args=[draft.public_id])
    assert draft.cv == cv


def test_apply_without_answers_keeps_what_was_typed(later: Opening, amina: User) -> None:
    url = reverse("applications:apply", args=[later.rotation.public_id])
    response = client_of(amina).post(url, {"statement": "Kept <b>words</b>"})
    assert response.status_code == 422
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in response.content.decode()
    assert "Choose your dates." in text_of(response)


def test_apply_refused_by_a_paused_listing_says_so_and_keeps_the_words(
    later: Opening, amina: User
) -> None:
    Rotation.objects.update(state="paused")
    a_cv(amina)
    url = reverse("applications:apply", args=[later.rotation.public_id])
    response = client_of(amina).post(url, {"opening": later.public_id, "statement": "Kept"})
    assert response.status_code == 409
    assert "takes no applications at present" in text_of(response)
    assert "Kept" in response.content.decode()


def test_apply_with_an_application_under_way_shows_it(later: Opening, amina: User) -> None:
    sent = an_application(later, amina, "in_review")
    response = page(client_of(amina), "applications:apply", later.rotation.public_id)
    assert response["Location"] == reverse("applications:detail", args=[sent.public_id])


def test_apply_at_ones_own_provider_is_forbidden(later: Opening, bruno: User) -> None:
    response = page(client_of(bruno), "applications:apply", later.rotation.public_id)
    assert response.status_code == 403


def test_apply_is_open_to_somebody_without_an_account(later: Opening) -> None:
    response = page(Client(), "applications:apply", later.rotation.public_id)
    assert response.status_code == 200
    assert "No account yet" in response.content.decode()


def test_facts_ask_name_and_this_listings_facts_only(later: Opening, amina: User) -> None:
    RequirementFactory(rotation=later.rotation)
    an_application(later, amina, "draft")
    response = page(client_of(amina), "applications:facts", later.rotation.public_id)
    fields = re.findall(r'name="(\w+)"', response.content.decode())
    assert [f for f in fields if not f.startswith("csrf")][-3:] == [
        "given_name",
        "family_name",
        "graduation_year",
    ]


def test_facts_are_kept_and_lead_to_the_review(later: Opening, amina: User) -> None:
    RequirementFactory(rotation=later.rotation)
    draft = an_application(later, amina, "draft")
    url = reverse("applications:facts", args=[later.rotation.public_id])
    told = {"given_name": "", "family_name": "Suharto", "graduation_year": "2098"}
    response = client_of(amina).post(url, told)
    profile = Profile.objects.get(user=amina)
    assert response["Location"] == reverse("applications:send", args=[draft.public_id])
    assert (profile.family_name, profile.graduation_year) == ("Suharto", 2098)


def test_facts_without_a_name_come_back(later: Opening, amina: User) -> None:
    an_application(later, amina, "draft")
    url = reverse("applications:facts", args=[later.rotation.public_id])
    response = client_of(amina).post(url, {"given_name": "Amina"})
    assert response.status_code == 422
    assert "family name as in your passport" in text_of(response)


def test_facts_without_a_draft_lead_to_the_start(later: Opening, amina: User) -> None:
    response = page(client_of(amina), "applications:facts", later.rotation.public_id)
    assert response["Location"] == reverse("applications:apply", args=[later.rotation.public_id])


def test_review_page_tells_price_readers_and_no_payment(later: Opening, amina: User) -> None:
    draft = an_application(later, amina, "draft")
    words = text_of(page(client_of(amina), "applications:send", draft.public_id))
    assert "$1,650.00" in words
    assert "No payment now." in words
    assert "Not your e-mail address, birth date or passport." in words


def test_sending_leads_to_the_application(later: Opening, amina: User) -> None:
    draft = an_application(later, amina, "draft")
    Profile.objects.update(family_name="Rahmān")
    client = client_of(amina)
    response = client.post(reverse("applications:send", args=[draft.public_id]))
    assert response["Location"] == reverse("applications:detail", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.state == ApplicationState.IN_REVIEW
    again = page(client, "applications:send", draft.public_id)
    assert again["Location"] == reverse("applications:detail", args=[draft.public_id])


def test_sending_without_a_fact_leads_to_the_question(later: Opening, amina: User) -> None:
    draft = an_application(later, amina, "draft")
    client = client_of(amina)
    response = client.post(reverse("applications:send", args=[draft.public_id]), follow=True)
    assert response.redirect_chain[0][0] == reverse(
        "applications:facts", args=[later.rotation.public_id]
    )
    assert "Give your name as in your passport first." in text_of(response)


def test_sending_against_a_rule_says_the_sentence_in_place(later: Opening, amina: User) -> None:
    RequirementFactory(rotation=later.rotation)
    draft = an_application(later, amina, "draft")
    Profile.objects.update(family_name="Rahmān", graduation_year=2001)
    response = client_of(amina).post(reverse("applications:send", args=[draft.public_id]))
    assert response.status_code == 409
    assert "your graduation year is 2001" in text_of(response)


@pytest.mark.parametrize("tab", ["", "papers", "money", "nonsense"])
@pytest.mark.parametrize("state", ["draft", "changes_requested", "forwarded", "declined"])
def test_own_application_shows_each_tab(tab: str, state: str, later: Opening, amina: User) -> None:
    mine = an_application(later, amina, state)
    response = page(client_of(amina), "applications:detail", mine.public_id, query=f"?tab={tab}")
    assert response.status_code == 200
    assert mine.reference in text_of(response)


def test_withdraw_asks_then_ends(later: Opening, amina: User) -> None:
    mine = an_application(later, amina, "in_review")
    client, url = client_of(amina), reverse("applications:withdraw", args=[mine.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url)["Location"] == reverse("applications:detail", args=[mine.public_id])
    assert client.post(url).status_code == 409


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_and_for_three(
    rows: int, provider: Provider, amina: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(rows):
        an_application(an_opening(provider), amina, "forwarded")
    client = client_of(amina)
    page(client, "applications:list")
    with django_assert_num_queries(5):
        response = page(client, "applications:list")
    assert text_of(response).count("With the provider") == rows


def test_empty_list_leads_to_the_rotations(amina: User) -> None:
    assert "You have not applied yet." in text_of(page(client_of(amina), "applications:list"))


def test_pages_stay_within_twelve_queries(
    later: Opening, amina: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    RequirementFactory(rotation=later.rotation)
    mine = an_application(later, amina, "draft")
    client = client_of(amina)
    for name in ("applications:detail", "applications:send"):
        with django_assert_max_num_queries(12):
            page(client, name, mine.public_id)


@pytest.mark.parametrize("who", ["dora", "bruno", "chen"])
@pytest.mark.parametrize(
    "name", ["applications:detail", "applications:send", "applications:withdraw"]
)
def test_applicants_pages_do_not_exist_for_others(
    who: str, name: str, later: Opening, amina: User, request: pytest.FixtureRequest
) -> None:
    mine = an_application(later, amina, "forwarded")
    assert page(client_of(request.getfixturevalue(who)), name, mine.public_id).status_code == 404


def provider_page(user: User, application: Application, name: str = "provider-detail") -> Any:
    slug = application.rotation.provider.slug
    return page(client_of(user), f"applications:{name}", slug, application.public_id)


def test_provider_reads_name_statement_and_rules_but_no_address(
    forwarded: Application, bruno: User, amina: User
) -> None:
    Application.objects.update(statement="<img src=x onerror=alert(1)>")
    response = provider_page(bruno, forwarded)
    body = response.content.decode()
    assert response.status_code == 200
    assert amina.full_name in text_of(response)
    assert amina.email not in body
    assert "<img src=x" not in body


def test_each_view_by_the_provider_is_written_down(
    forwarded: Application, bruno: User, amina: User
) -> None:
    provider_page(bruno, forwarded)
    provider_page(bruno, forwarded)
    seen = AccessLog.objects.values_list("viewer", "subject", "what")
    assert list(seen) == [(bruno.pk, amina.pk, "Application opened")] * 2


def test_first_applicant_whom_a_provider_opens_asks_for_a_second_factor(
    forwarded: Application, bruno: User, dora: User
) -> None:
    slug = forwarded.rotation.provider.slug
    for name in ("applications:provider-detail", "bookings:provider-offer"):
        path = reverse(name, args=[slug, forwarded.public_id])
        for person, status in ((dora, 404), (bruno, 302)):
            client = Client()
            client.force_login(person)
            assert client.get(path).status_code == status
    bruno.refresh_from_db()
    dora.refresh_from_db()
    assert bruno.mfa_required
    assert not dora.mfa_required
    assert not AccessLog.objects.exists()
    client = Client()
    client.force_login(bruno)
    assert client.get("/home").headers["Location"] == reverse("mfa_activate_totp")
    assert provider_page(bruno, forwarded).status_code == 200


@pytest.mark.parametrize("name", ["provider-detail", "provider-cv"])
def test_provider_pages_are_closed_to_strangers_and_other_roles(
    name: str, forwarded: Application, dora: User, amina: User
) -> None:
    assert provider_page(dora, forwarded, name).status_code == 404
    assert provider_page(amina, forwarded, name).status_code == 404
    MemberFactory(provider=forwarded.rotation.provider, user=dora, role=Role.SCHEDULER)
    assert provider_page(dora, forwarded, name).status_code == 403


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_provider_page_does_not_exist_before_forwarding(
    state: str, opening: Opening, amina: User, bruno: User
) -> None:
    assert provider_page(bruno, an_application(opening, amina, state)).status_code == 404


def test_provider_asking_for_a_cv_that_is_being_checked_reads_so(
    forwarded: Application, bruno: User
) -> None:
    Application.objects.update(cv=None)
    assert provider_page(bruno, forwarded, "provider-cv").status_code == 404


def decline(user: User, application: Application, reason: str) -> Any:
    url = reverse(
        "applications:provider-decline",
        args=[application.rotation.provider.slug, application.public_id],
    )
    return client_of(user).post(url, {"reason": reason})


def test_provider_declines_with_a_reason(forwarded: Application, bruno: User) -> None:
    assert decline(bruno, forwarded, "We are full.").status_code == 302
    forwarded.refresh_from_db()
    assert forwarded.state == ApplicationState.DECLINED
    assert decline(bruno, forwarded, "Again.").status_code == 409


def test_provider_declines_without_a_reason_and_reads_why_not(
    forwarded: Application, bruno: User
) -> None:
    response = decline(bruno, forwarded, "")
    assert response.status_code == 422
    assert "Say why" in text_of(response)


def review(user: User, application: Application, **told: str) -> Any:
    client, url = client_of(user), reverse("applications:review", args=[application.public_id])
    return client.post(url, told) if told else client.get(url)


def test_reviewer_reads_and_forwards(in_review: Application, chen: User) -> None:
    assert "Completeness and rules, not merit" in text_of(review(chen, in_review))
    response = review(chen, in_review, decision="forward", reason="")
    assert response["Location"] == reverse("console:next")
    in_review.refresh_from_db()
    assert in_review.state == ApplicationState.FORWARDED


@pytest.mark.parametrize(
    ("decision", "state"), [("change", "changes_requested"), ("decline", "declined")]
)
def test_reviewer_returns_or_declines_with_a_reason(
    decision: str, state: str, in_review: Application, chen: User
) -> None:
    missing = review(chen, in_review, decision=decision, reason=" \u202e ")
    assert missing.status_code == 422
    assert "Say why: the applicant reads this sentence." in text_of(missing)
    assert review(chen, in_review, decision=decision, reason="Why.").status_code == 302
    in_review.refresh_from_db()
    assert in_review.state == state


def test_second_reviewer_reads_that_it_is_decided(in_review: Application, chen: User) -> None:
    review(chen, in_review, decision="forward", reason="")
    response = review(chen, in_review, decision="decline", reason="Late.")
    assert response.status_code == 409
    assert "now “forwarded”" in text_of(response)


def test_reviewer_asking_for_a_cv_in_check_reads_a_sentence(
    in_review: Application, chen: User
) -> None:
    client = client_of(chen)
    client.raise_request_exception = False
    response = page(client, "applications:review-cv", in_review.public_id)
    assert response.status_code == 409
    assert "still being checked" in text_of(response)


def test_draft_keeps_its_words_for_the_next_visit(later: Opening, amina: User) -> None:
    an_application(later, amina, "draft")
    Application.objects.update(statement="Half a sentence")
    response = page(client_of(amina), "applications:apply", later.rotation.public_id)
    assert "Half a sentence" in response.content.decode()


def test_review_without_a_choice_comes_back(in_review: Application, chen: User) -> None:
    assert review(chen, in_review, reason="x").status_code == 422


@pytest.mark.parametrize(
    ("who", "status"), [("dora", 404), ("bruno", 404), ("amina", 404), ("fay", 403)]
)
@pytest.mark.parametrize("name", ["applications:review", "applications:review-cv"])
def test_review_is_closed_to_everybody_else(
    who: str, status: int, name: str, in_review: Application, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert page(client, name, in_review.public_id).status_code == status


def test_staff_cannot_open_a_draft(opening: Opening, amina: User, chen: User) -> None:
    draft = an_application(opening, amina, "draft")
    assert review(chen, draft).status_code == 404


def test_cv_of_an_application_without_one_does_not_exist(
    in_review: Application, chen: User
) -> None:
    Application.objects.update(cv=None)
    assert page(client_of(chen), "applications:review-cv", in_review.public_id).status_code == 404


def test_a_cv_is_streamed_to_the_provider_and_logged(
    later: Opening, amina: User, bruno: User, scanner: object
) -> None:
    url = reverse("applications:apply", args=[later.rotation.public_id])
    cv = SimpleUploadedFile("cv.pdf", pdf_bytes(), "application/pdf")
    client_of(amina).post(url, {"opening": later.public_id, "statement": "", "cv": cv})
    scan_stored_blob(Document.objects.get().blob_id)
    settle_forgotten()
    Application.objects.update(state="forwarded", forwarded_at="2026-07-01T12:00Z")
    response = provider_page(bruno, Application.objects.get(), "provider-cv")
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert AccessLog.objects.get().viewer == bruno
