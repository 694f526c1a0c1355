import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from rotations.applications.actions import (
    ReasonMissing,
    begin_review,
    decline_application,
    forward_application,
    request_changes,
    return_for_cv,
)
from rotations.applications.models import Application, Decision
from rotations.applications.queries import applications_at, applications_for, timeline
from rotations.applications.states import ApplicationState
from rotations.catalog.models import Opening
from rotations.providers.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.providers import MemberFactory
from tests.factories.stories import a_named_applicant, an_application
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.notifications.actions import deliver
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.states import TransitionRefused


def test_forward_shows_it_to_the_provider_and_tells_both(
    in_review: Application, amina: User, bruno: User, chen: User, now: dt.datetime
) -> None:
    forward_application(in_review, actor=chen, now=now)
    assert list(applications_at(in_review.rotation.provider)) == [in_review]
    assert list(applications_for(bruno)) == [in_review]
    addresses = set(Mail.objects.values_list("event", "address"))
    assert addresses == {
        ("applications.forwarded", amina.email),
        ("applications.received", bruno.email),
    }


def test_forward_asks_for_an_answer_in_five_business_days(
    in_review: Application, chen: User, now: dt.datetime
) -> None:
    forward_application(in_review, actor=chen, now=now)
    assert in_review.answer_due_at == dt.datetime(2026, 7, 9, 22, tzinfo=dt.UTC)


def test_second_reviewer_reads_a_sentence(
    in_review: Application, bruno: User, chen: User, now: dt.datetime
) -> None:
    stale = Application.objects.get(pk=in_review.pk)
    forward_application(in_review, actor=chen, now=now)
    other = UserFactory(staff_roles=[StaffRole.REVIEWER])
    with pytest.raises(TransitionRefused, match="now “forwarded”"):
        decline_application(stale, reason="No.", actor=other, now=now)
    assert Decision.objects.count() == 1


def test_forward_decides_the_case(in_review: Application, chen: User, now: dt.datetime) -> None:
    Application.objects.update(state=ApplicationState.SUBMITTED)
    begin_review(in_review, actor=SYSTEM, now=now)
    forward_application(in_review, actor=chen, now=now)
    case = Case.objects.get()
    assert (case.state, case.decision) == ("decided", "forwarded")


def test_change_returns_it_with_the_reason(
    in_review: Application, amina: User, chen: User, now: dt.datetime
) -> None:
    request_changes(in_review, reason="The CV ends in 2019.", actor=chen, now=now)
    assert in_review.state == ApplicationState.CHANGES_REQUESTED
    deliver(Mail.objects.get(), now=now)
    assert mail.outbox[0].subject == f"One thing to change for {in_review.reference} by 9 July"
    assert "The CV ends in 2019." in str(mail.outbox[0].body)


def test_decline_by_staff_ends_it_with_the_reason(
    in_review: Application, chen: User, now: dt.datetime
) -> None:
    decline_application(in_review, reason="Not a graduate.", actor=chen, now=now)
    assert (in_review.state, in_review.ended_at) == (ApplicationState.DECLINED, now)
    assert Mail.objects.get().facts["by"] == "Rounds"


def test_decline_by_the_provider_names_the_provider(
    forwarded: Application, bruno: User, now: dt.datetime
) -> None:
    decline_application(forwarded, reason="We are full.", actor=bruno, now=now)
    assert Mail.objects.get().facts["by"] == "Lakeshore Medical Group"


@pytest.mark.parametrize("reason", ["", "  ", "\u202e"])
def test_decline_without_a_reason_is_refused(
    reason: str, forwarded: Application, bruno: User, now: dt.datetime
) -> None:
    with pytest.raises(ReasonMissing):
        decline_application(forwarded, reason=reason, actor=bruno, now=now)
    forwarded.refresh_from_db()
    assert forwarded.state == ApplicationState.FORWARDED


def test_provider_cannot_decline_before_it_was_forwarded(
    in_review: Application, bruno: User, now: dt.datetime
) -> None:
    with pytest.raises(TransitionRefused):
        decline_application(in_review, reason="No.", actor=bruno, now=now)


def test_staff_cannot_decline_what_the_provider_has(
    forwarded: Application, chen: User, now: dt.datetime
) -> None:
    with pytest.raises(TransitionRefused):
        decline_application(forwarded, reason="No.", actor=chen, now=now)


@pytest.mark.parametrize("who", ["amina", "bruno", "dora", "fay"])
@pytest.mark.parametrize(
    "action",
    [
        lambda a, u, now: forward_application(a, actor=u, now=now),
        lambda a, u, now: request_changes(a, reason="x", actor=u, now=now),
    ],
)
def test_review_by_anybody_but_a_reviewer_is_forbidden(
    who: str, action: Any, in_review: Application, now: dt.datetime, request: Any
) -> None:
    with pytest.raises(PermissionDenied):
        action(in_review, request.getfixturevalue(who), now)


@pytest.mark.parametrize("who", ["amina", "dora", "fay"])
def test_decline_by_anybody_else_is_forbidden(
    who: str, forwarded: Application, now: dt.datetime, request: Any
) -> None:
    with pytest.raises(PermissionDenied):
        decline_application(forwarded, reason="x", actor=request.getfixturevalue(who), now=now)


def test_review_begins_only_by_itself(in_review: Application, chen: User, now: dt.datetime) -> None:
    for action in (begin_review, return_for_cv):
        with pytest.raises(PermissionDenied):
            action(in_review, actor=chen, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "seen"), [("draft", 0), ("in_review", 0), ("forwarded", 1), ("offered", 1)]
)
def test_provider_sees_what_reached_it(
    state: str, seen: int, opening: Opening, bruno: User, amina: User
) -> None:
    an_application(opening, amina, state)
    assert applications_for(bruno).count() == seen


def test_withdrawn_before_forwarding_never_reaches_the_provider(
    opening: Opening, bruno: User, amina: User
) -> None:
    an_application(opening, amina, "in_review")
    Application.objects.update(state=ApplicationState.WITHDRAWN)
    assert list(applications_at(opening.rotation.provider)) == []


def test_scheduler_sees_no_applications(forwarded: Application, dora: User) -> None:
    MemberFactory(provider=forwarded.rotation.provider, user=dora, role=Role.SCHEDULER)
    assert list(applications_for(dora)) == []


def test_reviewer_sees_what_was_sent_and_no_draft(
    opening: Opening, in_review: Application, chen: User
) -> None:
    an_application(opening, a_named_applicant(), "draft")
    assert list(applications_for(chen)) == [in_review]


def test_mails_carry_hostile_words_as_words(
    in_review: Application, bruno: User, chen: User, now: dt.datetime
) -> None:
    User.objects.filter(pk=in_review.applicant_id).update(
        full_name="<script>alert(1)</script> {{7*7}}\r\nBcc: x@example.test"
    )
    fresh = Application.objects.get(pk=in_review.pk)
    forward_application(fresh, actor=chen, now=now)
    deliver(Mail.objects.get(event="applications.received"), now=now)
    sent: Any = mail.outbox[0]
    html = sent.alternatives[0][0]
    assert "<script>" not in html
    assert "{{7*7}}" in html
    assert sent.to == [bruno.email]


def test_timeline_shows_done_current_and_next(forwarded: Application) -> None:
    assert [(s.title, s.state) for s in timeline(forwarded)] == [
        ("Written", "done"),
        ("Checked by our staff", "done"),
        ("Decision of the provider", "current"),
        ("Answer to the offer", "next"),
        ("Seat confirmed", "next"),
    ]


def test_timeline_of_a_declined_one_ends_with_the_reason(
    forwarded: Application, bruno: User, now: dt.datetime
) -> None:
    decline_application(forwarded, reason="We are full.", actor=bruno, now=now)
    last = timeline(forwarded)[-1]
    assert (last.title, last.note, last.when) == ("Declined", "We are full.", "1 Jul 2026")
