"""What staff have not decided within two business days goes to the provider, marked."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from rotations.applications.actions import (
    ReviewRuns,
    begin_review,
    forward_application,
    forward_unreviewed,
    request_changes,
)
from rotations.applications.models import Application, Decision
from rotations.applications.queries import timeline
from rotations.applications.states import ApplicationState
from rotations.applications.tasks import send_on, sweep_unreviewed
from rotations.catalog.models import Opening
from tests.factories.accounts import UserFactory
from tests.factories.stories import an_application, an_opening, an_owner, name
from tests.factories.visits import client_of
from tests.support.races import at_once
from usce.accounts.models import StaffRole, User
from usce.cases.actions import claim_case
from usce.cases.models import Case
from usce.cases.states import CaseState
from usce.jobs.models import Heartbeat, Outage
from usce.notifications.actions import deliver
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

# A Tuesday morning in Chicago; two business days end on Thursday, 17:00 there.
BEGAN = dt.datetime(2026, 7, 7, 14, tzinfo=dt.UTC)
ENDS = dt.datetime(2026, 7, 9, 22, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def begun(opening: Opening, applicant: User, at: dt.datetime = BEGAN) -> Application:
    application = an_application(opening, applicant, ApplicationState.SUBMITTED)
    return begin_review(application, actor=SYSTEM, now=at)


@pytest.fixture
def waiting(opening: Opening, amina: User, bruno: User) -> Application:
    name(amina)
    return begun(opening, amina)


def sweep(at: dt.datetime) -> None:
    with time_machine.travel(at, tick=False):
        sweep_unreviewed()


def test_nothing_goes_before_the_second_business_day_is_over(waiting: Application) -> None:
    sweep(ENDS - SECOND)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.not_reviewed) == (ApplicationState.IN_REVIEW, False)


def test_undecided_goes_marked_and_its_case_is_settled(waiting: Application, chen: User) -> None:
    claim_case(Case.objects.get(), actor=chen, now=BEGAN)
    sweep(ENDS)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.not_reviewed) == (ApplicationState.FORWARDED, True)
    assert (waiting.forwarded_at, waiting.answer_due_at) == (
        ENDS, dt.datetime(2026, 7, 16, 22, tzinfo=dt.UTC),
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.state, case.decision) == (CaseState.DECIDED, "not_reviewed")
    assert not Decision.objects.exists()


def test_sweep_run_twice_tells_each_once(waiting: Application) -> None:
    sweep(ENDS)
    sweep(ENDS + SECOND)
    assert sorted(Mail.objects.values_list("event", flat=True)) == [
        "applications.forwarded", "applications.received",
    ]  # fmt: skip


def test_sweep_run_days_late_still_sends_it(waiting: Application) -> None:
    sweep(ENDS + dt.timedelta(days=9))
    waiting.refresh_from_db()
    assert waiting.forwarded_at == ENDS + dt.timedelta(days=9)


def test_weekend_and_holiday_do_not_count(opening: Opening, amina: User, bruno: User) -> None:
    thursday = dt.datetime(2026, 7, 2, 14, tzinfo=dt.UTC)  # Friday keeps Independence Day
    application = begun(opening, amina, thursday)
    sweep(dt.datetime(2026, 7, 7, 21, 59, tzinfo=dt.UTC))
    application.refresh_from_db()
    assert application.state == ApplicationState.IN_REVIEW
    sweep(dt.datetime(2026, 7, 7, 22, tzinfo=dt.UTC))
    application.refresh_from_db()
    assert application.not_reviewed


def test_outage_gives_the_reviewers_its_length(waiting: Application) -> None:
    Outage.objects.create(
        began_at=BEGAN, ended_at=BEGAN + dt.timedelta(hours=6), reason="service interruption"
    )
    sweep(ENDS + dt.timedelta(hours=6) - SECOND)
    waiting.refresh_from_db()
    assert waiting.state == ApplicationState.IN_REVIEW
    sweep(ENDS + dt.timedelta(hours=6))
    waiting.refresh_from_db()
    assert waiting.not_reviewed


def test_silence_that_nobody_wrote_down_yet_counts_too(waiting: Application) -> None:
    Heartbeat.objects.create(name="worker", beat_at=ENDS - dt.timedelta(hours=1))
    sweep(ENDS + dt.timedelta(minutes=30))
    waiting.refresh_from_db()
    assert waiting.state == ApplicationState.IN_REVIEW


def test_time_begins_anew_when_it_was_returned_and_sent_again(
    waiting: Application, chen: User
) -> None:
    request_changes(waiting, reason="The CV ends in 2019.", actor=chen, now=BEGAN)
    Application.objects.update(state=ApplicationState.SUBMITTED)
    again = ENDS - dt.timedelta(hours=1)
    begin_review(waiting, actor=SYSTEM, now=again)
    with pytest.raises(ReviewRuns, match="still have time"):
        forward_unreviewed(waiting, actor=SYSTEM, now=ENDS)
    assert send_on(waiting, ENDS) is False


def test_review_without_a_case_is_left_alone(opening: Opening, amina: User) -> None:
    assert send_on(an_application(opening, amina, ApplicationState.IN_REVIEW), ENDS) is False


def test_decided_in_time_is_left_alone(waiting: Application, chen: User) -> None:
    forward_application(waiting, actor=chen, now=BEGAN)
    stale = Application.objects.get(pk=waiting.pk)
    assert send_on(stale, ENDS) is False
    sweep(ENDS)
    waiting.refresh_from_db()
    assert waiting.not_reviewed is False
    assert waiting.forwarded_at == BEGAN


@pytest.mark.parametrize("who", ["amina", "bruno", "chen", "dora"])
def test_only_the_service_sends_it_on_unreviewed(
    who: str, waiting: Application, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        forward_unreviewed(waiting, actor=request.getfixturevalue(who), now=ENDS)


def test_applicant_provider_and_staff_read_that_it_was_not_reviewed(
    waiting: Application, amina: User, bruno: User, chen: User
) -> None:
    sweep(ENDS)
    slug = waiting.rotation.provider.slug
    pages = [
        (amina, reverse("applications:detail", args=[waiting.public_id])),
        (bruno, reverse("applications:provider-detail", args=[slug, waiting.public_id])),
        (bruno, reverse("console:provider-applicants", args=[slug])),
        (chen, reverse("applications:review", args=[waiting.public_id])),
    ]
    for person, page in pages:
        assert "Not reviewed" in client_of(person).get(page).content.decode()
    waiting.refresh_from_db()
    assert "Not reviewed by our staff in time" in [step.title for step in timeline(waiting)]


def test_mails_say_that_it_was_not_reviewed(waiting: Application) -> None:
    sweep(ENDS)
    for written in Mail.objects.order_by("id"):
        deliver(written, now=ENDS)
    for sent in mail.outbox:
        assert "had not reviewed it within two business days" in str(sent.body)
        assert "have checked that" not in str(sent.body)


def test_reviewer_who_comes_too_late_reads_a_sentence(waiting: Application, chen: User) -> None:
    client, page = client_of(chen), reverse("applications:review", args=[waiting.public_id])
    sweep(ENDS)
    response = client.post(page, {"decision": "decline", "reason": "No."})
    assert response.status_code == 409
    assert "now “forwarded”" in response.content.decode()


@pytest.mark.race
def test_reviewer_and_clock_at_the_same_moment_send_it_once(clean_db: str) -> None:
    opening = an_opening()
    an_owner(opening.rotation.provider)
    application = begun(opening, UserFactory(email="amina@example.test"))
    reviewer = UserFactory(staff_roles=[StaffRole.REVIEWER])

    def by_the_clock() -> object:
        fresh = Application.objects.get(pk=application.pk)
        return forward_unreviewed(fresh, actor=SYSTEM, now=ENDS)

    def by_the_reviewer() -> object:
        fresh = Application.objects.get(pk=application.pk)
        return forward_application(fresh, actor=reviewer, now=ENDS)

    calls: list[Callable[[], object]] = [by_the_clock, by_the_clock, by_the_reviewer]
    result = at_once(calls)
    assert result == {Application.__name__: 1, TransitionRefused.__name__: 2}
    application.refresh_from_db()
    assert application.not_reviewed is not Decision.objects.exists()
    assert Mail.objects.count() == 2
    assert Case.objects.get().state == CaseState.DECIDED
