"""What staff and the provider decide; each decision is kept with its reason."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rotations.applications import notifications
from rotations.applications.actions.errors import ReasonMissing, ReviewRuns
from rotations.applications.models import CASE, Application, Decision
from rotations.applications.permissions import (
    can_begin_review,
    can_decide_application,
    can_forward_unreviewed,
    can_review_application,
)
from rotations.applications.queries import review_ends_at
from rotations.applications.rules import CHANGE_DAYS, DECISION_DAYS, REVIEW_DAYS
from rotations.applications.states import WITH_PROVIDER, ApplicationState
from usce.accounts.models import User
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.permissions import Actor, SystemActor, require
from usce.reference.rules import business_deadline
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text

CV_REFUSED = "Your CV was not accepted. Add another one and send the application again."


def begin_review(application: Application, *, actor: SystemActor, now: datetime) -> Application:
    """The CV has passed: the application joins the reviewers' queue."""
    require(can_begin_review(actor))
    due_at = business_deadline(now, REVIEW_DAYS, application.rotation.site.time_zone)
    with transaction.atomic():
        transition(
            application, ApplicationState.IN_REVIEW, actor=actor, now=now, answer_due_at=due_at
        )
        title = f"{application.reference}: {application.rotation.title}"
        open_case(
            CASE,
            application,
            title=title[:200],
            queue=Queue.REVIEWER,
            due_at=due_at,
            actor=actor,
            now=now,
        )
    return application


def return_for_cv(application: Application, *, actor: SystemActor, now: datetime) -> Application:
    """The CV of a sent application was refused by its checks: the applicant adds another."""
    require(can_begin_review(actor))
    refusal = application.cv.refusal if application.cv else ""
    reason = f"{refusal} {CV_REFUSED}".strip()
    with transaction.atomic():
        send_back(application, reason=reason, actor=actor, now=now)
    return application


def forward_application(
    application: Application, *, actor: User, now: datetime, note: str = ""
) -> Application:
    """Complete and within the rules: the provider sees it from now on and decides."""
    require(can_review_application(actor, application))
    with transaction.atomic():
        _send_on(application, actor=actor, now=now)
        keep_decision(application, clean_text(note), actor, now)
        _settle(application, clean_text(note), actor, now)
    return application


def forward_unreviewed(
    application: Application, *, actor: SystemActor, now: datetime
) -> Application:
    """Staff have not decided in time: the provider gets it, marked as not reviewed.

    Raises ReviewRuns when the reviewers still have time, which an outage gives them.
    """
    require(can_forward_unreviewed(actor))
    with transaction.atomic():
        look_again(application, ApplicationState.FORWARDED, ApplicationState.IN_REVIEW)
        ends_at = review_ends_at(application, now)
        if ends_at is None or ends_at > now:
            raise ReviewRuns("Our staff still have time to review this application.")
        _send_on(application, actor=actor, now=now, not_reviewed=True)
        settle_case(CASE, application, decision="not_reviewed", note="", actor=actor, now=now)
    return application


def request_changes(
    application: Application, *, reason: str, actor: User, now: datetime
) -> Application:
    """Something is missing or unclear: back to the applicant, with what to change."""
    require(can_review_application(actor, application))
    with transaction.atomic():
        look_again(application, ApplicationState.CHANGES_REQUESTED, ApplicationState.IN_REVIEW)
        said = _said(reason)
        send_back(application, reason=said, actor=actor, now=now)
        keep_decision(application, said, actor, now)
        _settle(application, said, actor, now)
    return application


def decline_application(
    application: Application, *, reason: str, actor: User, now: datetime
) -> Application:
    """Staff decline what breaks a rule while they review; the provider, what it was sent."""
    staff = can_review_application(actor, application)
    require(staff or can_decide_application(actor, application))
    with transaction.atomic():
        allowed = (ApplicationState.IN_REVIEW,) if staff else WITH_PROVIDER
        look_again(application, ApplicationState.DECLINED, *allowed)
        said = _said(reason)
        _decide(
            application,
            ApplicationState.DECLINED,
            reason=said,
            actor=actor,
            now=now,
            ended_at=now,
            answer_due_at=None,
        )
        by = "Rounds" if staff else application.rotation.provider.name
        notifications.tell_applicant(
            notifications.DECLINED, application, now=now, reason=said, by=by
        )
    return application


def _send_on(
    application: Application, *, actor: Actor, now: datetime, not_reviewed: bool = False
) -> None:
    due_at = business_deadline(now, DECISION_DAYS, application.rotation.site.time_zone)
    transition(
        application,
        ApplicationState.FORWARDED,
        actor=actor,
        now=now,
        forwarded_at=now,
        not_reviewed=not_reviewed,
        answer_due_at=due_at,
    )
    facts: dict[str, Any] = {
        "answer_at": due_at.isoformat(),
        "answer_on": notifications.on_site(due_at, application),
        "forwarded_on": notifications.on_site(now, application),
        "not_reviewed": not_reviewed,
    }
    notifications.tell_applicant(notifications.FORWARDED, application, now=now, **facts)
    notifications.tell_provider(notifications.RECEIVED, application, now=now, **facts)


def look_again(application: Application, to: str, *allowed: str) -> None:
    """The table lets more states lead there; this decision is possible from these only."""
    lock(application)
    if application.state not in allowed:
        raise TransitionRefused(application, to)


def _decide(
    application: Application, to: str, *, reason: str, actor: User, now: datetime, **fields: Any
) -> None:
    transition(application, to, actor=actor, now=now, **fields)
    keep_decision(application, clean_text(reason), actor, now)
    _settle(application, clean_text(reason), actor, now)


def keep_decision(application: Application, reason: str, actor: User, now: datetime) -> None:
    Decision.objects.create(
        application=application, by=actor, outcome=application.state, reason=reason, at=now
    )


def _settle(application: Application, note: str, actor: Actor, now: datetime) -> None:
    settle_case(CASE, application, decision=application.state, note=note, actor=actor, now=now)


def send_back(application: Application, *, reason: str, actor: Actor, now: datetime) -> None:
    due_at = business_deadline(now, CHANGE_DAYS, application.rotation.site.time_zone)
    transition(
        application,
        ApplicationState.CHANGES_REQUESTED,
        actor=actor,
        now=now,
        answer_due_at=due_at,
    )
    notifications.tell_applicant(
        notifications.RETURNED,
        application,
        now=now,
        reason=reason,
        answer_at=due_at.isoformat(),
        answer_on=notifications.on_site(due_at, application),
    )


def _said(reason: str) -> str:
    said = clean_text(reason)
    if not said:
        raise ReasonMissing("Say why: the applicant reads this sentence.")
    return said
