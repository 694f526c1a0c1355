import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from applicants.documents.models import Document, Use
from applicants.documents.states import DocumentState
from applicants.profiles.models import Profile
from rotations.applications.actions import (
    CvMissing,
    FactsMissing,
    HasOffer,
    NotEligible,
    NotOpen,
    save_draft,
    start_draft,
    submit_application,
    withdraw_application,
)
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.applications.tasks import go_on, release_papers_of_ended, sweep_checked
from rotations.catalog.models import Opening, Rotation
from rotations.providers.models import Provider
from tests.factories.catalog import OpeningFactory, RequirementFactory
from tests.factories.stories import a_cv, a_named_applicant, an_application, an_opening
from usce.accounts.models import User
from usce.cases.models import Case
from usce.notifications.models import Mail
from usce.states import TransitionRefused


def submit(draft: Application, now: dt.datetime) -> Application:
    fresh = Application.objects.get(pk=draft.pk)
    return submit_application(fresh, actor=fresh.applicant, now=now)


def test_draft_has_a_reference_for_people(opening: Opening, amina: User, now: dt.datetime) -> None:
    made = start_draft(opening.rotation, opening=opening, actor=amina, now=now)
    assert made.reference.startswith("R-")
    assert int(made.reference[2:]) > 1000


def test_second_start_gives_the_same_draft(opening: Opening, amina: User, now: dt.datetime) -> None:
    first = start_draft(opening.rotation, opening=opening, actor=amina, now=now)
    assert start_draft(opening.rotation, opening=opening, actor=amina, now=now) == first


@pytest.mark.parametrize("who", ["bruno", "chen"])
def test_start_at_ones_own_provider_or_as_staff_is_forbidden(
    who: str, opening: Opening, now: dt.datetime, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        start_draft(opening.rotation, opening=opening, actor=actor, now=now)


def test_start_with_another_rotations_dates_is_forbidden(
    opening: Opening, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        start_draft(opening.rotation, opening=an_opening(), actor=amina, now=now)


@pytest.mark.parametrize(
    ("model", "change", "words"),
    [
        (Rotation, {"state": "paused"}, "no applications at present"),
        (Provider, {"state": "suspended"}, "no applications at present"),
        (Opening, {"state": "closed"}, "Choose others"),
        (Opening, {"starts_on": dt.date(2026, 7, 1)}, "Choose others"),
        (Opening, {"taken": 2}, "Every seat"),
    ],
)
def test_start_on_what_is_not_open_says_so(
    model: type[Model],
    change: dict[str, object],
    words: str,
    opening: Opening,
    amina: User,
    now: dt.datetime,
) -> None:
    model._base_manager.update(**change)
    shut = Opening.objects.get(pk=opening.pk)
    with pytest.raises(NotOpen, match=words):
        start_draft(shut.rotation, opening=shut, actor=amina, now=now)


def test_save_keeps_words_dates_and_cv(draft: Application, amina: User, now: dt.datetime) -> None:
    other = OpeningFactory(
        rotation=draft.rotation, starts_on=dt.date(2026, 11, 2), ends_on=dt.date(2026, 11, 27)
    )
    cv = a_cv(amina, DocumentState.CHECKING)
    save_draft(draft, opening=other, statement="Why\u202e me", cv=cv, actor=amina, now=now)
    kept = Application.objects.get(pk=draft.pk)
    assert (kept.opening, kept.statement, kept.cv) == (other, "Why me", cv)


def test_save_without_a_cv_keeps_the_one_there_is(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    before = draft.cv
    save_draft(draft, opening=draft.opening, statement="", cv=None, actor=amina, now=now)
    assert Application.objects.get(pk=draft.pk).cv == before


def test_save_with_somebody_elses_cv_is_forbidden(
    draft: Application, amina: User, dora: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        save_draft(draft, opening=draft.opening, statement="", cv=a_cv(dora), actor=amina, now=now)


def test_save_by_a_stranger_is_forbidden(draft: Application, dora: User, now: dt.datetime) -> None:
    with pytest.raises(PermissionDenied):
        save_draft(draft, opening=draft.opening, statement="", cv=None, actor=dora, now=now)


def test_save_of_what_was_sent_is_refused(
    in_review: Application, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(TransitionRefused):
        save_draft(
            in_review, opening=in_review.opening, statement="x", cv=None, actor=amina, now=now
        )


def test_submit_freezes_facts_and_verdict(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    RequirementFactory(rotation=draft.rotation)
    Profile.objects.filter(user=amina).update(graduation_year=2024)
    sent = submit(draft, now)
    Profile.objects.filter(user=amina).update(graduation_year=1999)
    sent.refresh_from_db()
    assert sent.facts == {"graduation_year": 2024}
    assert sent.verdict["outcome"] == "can_apply"
    assert sent.submitted_at == now


def test_submit_with_a_checked_cv_goes_to_review_and_opens_a_case(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    sent = submit(draft, now)
    case = Case.objects.get()
    assert sent.state == ApplicationState.IN_REVIEW
    assert (case.kind, case.queue, case.due_at) == (
        "applications.review",
        "reviewer",
        sent.answer_due_at,
    )
    assert case.due_at == dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC)
    assert Mail.objects.get().address == amina.email


def test_submit_with_a_cv_in_check_waits_and_goes_on_by_itself(
    draft: Application, now: dt.datetime
) -> None:
    Document.objects.update(state=DocumentState.CHECKING)
    assert submit(draft, now).state == ApplicationState.SUBMITTED
    sweep_checked()
    assert Application.objects.get().state == ApplicationState.SUBMITTED
    Document.objects.update(state=DocumentState.ACCEPTED)
    sweep_checked()
    assert Application.objects.get().state == ApplicationState.IN_REVIEW


def test_cv_refused_after_sending_comes_back_with_the_reason(
    draft: Application, now: dt.datetime
) -> None:
    Document.objects.update(state=DocumentState.CHECKING)
    submit(draft, now)
    Document.objects.update(state=DocumentState.REJECTED, refusal="It is a picture.")
    sweep_checked()
    assert Application.objects.get().state == ApplicationState.CHANGES_REQUESTED
    returned = Mail.objects.get(event="applications.returned")
    assert returned.facts["reason"].startswith("It is a picture. Your CV was not accepted.")


def test_second_worker_finds_nothing_left_to_do(draft: Application, now: dt.datetime) -> None:
    Document.objects.update(state=DocumentState.CHECKING)
    submit(draft, now)
    Document.objects.update(state=DocumentState.ACCEPTED)
    first, second = (Application.objects.get(pk=draft.pk) for _ in range(2))
    assert [go_on(first, now), go_on(second, now)] == [True, False]


def test_submit_against_a_must_says_the_findings_sentence(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    RequirementFactory(rotation=draft.rotation)
    Profile.objects.filter(user=amina).update(graduation_year=2010)
    with pytest.raises(NotEligible, match="graduation in 2021 or later; your graduation year"):
        submit(draft, now)
    assert Application.objects.get().state == ApplicationState.DRAFT


def test_submit_with_an_unknown_fact_asks_for_it(draft: Application, now: dt.datetime) -> None:
    RequirementFactory(rotation=draft.rotation)
    with pytest.raises(FactsMissing, match="One answer is missing"):
        submit(draft, now)


def test_submit_without_a_name_asks_for_it(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    Profile.objects.filter(user=amina).update(family_name="")
    with pytest.raises(FactsMissing, match="name as in your passport"):
        submit(draft, now)


def test_submit_without_a_cv_is_refused(draft: Application, now: dt.datetime) -> None:
    Application.objects.update(cv=None)
    with pytest.raises(CvMissing, match="Add your CV"):
        submit(draft, now)


@pytest.mark.parametrize(
    ("refusal", "words"), [("Harmful.", "Harmful. Add"), ("", "accepted. Add")]
)
def test_submit_with_a_refused_cv_says_why(
    refusal: str, words: str, draft: Application, now: dt.datetime
) -> None:
    Document.objects.update(state=DocumentState.REJECTED, refusal=refusal)
    with pytest.raises(CvMissing, match=words):
        submit(draft, now)


def test_submit_twice_is_refused(draft: Application, now: dt.datetime) -> None:
    submit(draft, now)
    with pytest.raises(TransitionRefused):
        submit(draft, now)


def test_submit_by_a_stranger_is_forbidden(
    draft: Application, dora: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        submit_application(draft, actor=dora, now=now)


def test_withdraw_ends_it_and_closes_the_review(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    sent = submit(draft, now)
    withdraw_application(sent, actor=amina, now=now)
    assert (sent.state, sent.ended_at) == (ApplicationState.WITHDRAWN, now)
    assert Case.objects.get().state == "decided"
    assert Mail.objects.filter(event="applications.withdrawn").count() == 1


def test_withdraw_of_a_draft_writes_no_mail(
    draft: Application, amina: User, now: dt.datetime
) -> None:
    withdraw_application(draft, actor=amina, now=now)
    assert not Mail.objects.exists()


def test_withdraw_after_forwarding_tells_the_provider(
    forwarded: Application, amina: User, bruno: User, now: dt.datetime
) -> None:
    withdraw_application(forwarded, actor=amina, now=now)
    assert Mail.objects.get(event="applications.withdrawn_provider").address == bruno.email


@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_withdraw_with_an_offer_points_to_the_offer(
    state: str, opening: Opening, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(HasOffer):
        withdraw_application(an_application(opening, amina, state), actor=amina, now=now)


def test_withdraw_by_a_stranger_is_forbidden(
    draft: Application, dora: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        withdraw_application(draft, actor=dora, now=now)


def test_apply_again_after_withdrawing_starts_anew(opening: Opening, now: dt.datetime) -> None:
    person = a_named_applicant()
    first = start_draft(opening.rotation, opening=opening, actor=person, now=now)
    withdraw_application(first, actor=person, now=now)
    assert start_draft(opening.rotation, opening=opening, actor=person, now=now) != first


def test_what_was_sent_holds_its_cv_until_it_ends(opening: Opening, now: dt.datetime) -> None:
    draft = an_application(opening, a_named_applicant(), ApplicationState.DRAFT)
    application = submit(draft, now)
    held = Use.objects.get()
    assert (held.document, held.ends_on) == (application.cv, None)
    release_papers_of_ended()
    held.refresh_from_db()
    assert held.ends_on is None
    withdraw_application(application, actor=application.applicant, now=now)
    release_papers_of_ended()
    held.refresh_from_db()
    assert held.ends_on == now.date()


def test_draft_whose_cv_was_deleted_says_so(opening: Opening, now: dt.datetime) -> None:
    draft = an_application(opening, a_named_applicant(), ApplicationState.DRAFT)
    assert draft.cv
    Document.objects.filter(pk=draft.cv.pk).update(state=DocumentState.SUPERSEDED)
    with pytest.raises(CvMissing, match="You deleted this CV"):
        submit(draft, now)
