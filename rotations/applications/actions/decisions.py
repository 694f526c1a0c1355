"""What staff and the provider decide; each decision is kept with its reason."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rotations.applications import notifications
from rotations.applications.actions.errors import ReasonMissing
from rotations.applications.models import Application, Decision
from rotations.applications.permissions import (
    can_begin_review,
    can_decide_application,
    can_review_application,
)
from rotations.applications.rules import (
    CHANGE_DAYS,
    DECISION_DAYS,
    REVIEW_DAYS,
    business_deadline,
)
from rotations.applications.states import ApplicationState
from usce.accounts.models import User
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.permissions import Actor, SystemActor, require
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text

CASE = "applications.review"
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
        _return(application, reason=reason, actor=actor, now=now)
    return application


def forward_application(
    application: Application, *, actor: User, now: datetime, note: str = ""
) -> Application:
    """Complete and within the rules: the provider sees it from now on and decides."""
    require(can_review_application(actor, application))
    zone = application.rotation.site.time_zone
    due_at = business_deadline(now, DECISION_DAYS, zone)
    with transaction.atomic():
        _decide(
            application,
            ApplicationState.FORWARDED,
            reason=note,
            actor=actor,
            now=now,
            forwarded_at=now,
            answer_due_at=due_at,
        )
        facts = {
            "answer_at": due_at.isoformat(),
            "answer_on": notifications.on_site(due_at, application),
            "forwarded_on": notifications.on_site(now, application),
        }
        notifications.tell_applicant(notifications.FORWARDED, application, now=now, **facts)
        notifications.tell_provider(notifications.RECEIVED, application, now=now, **facts)
    return application


def request_changes(
    application: Application, *, reason: str, actor: User, now: datetime
) -> Application:
    """Something is missing or unclear: back to the applicant, with what to change."""
    require(can_review_application(actor, application))
    with transaction.atomic():
        _look_again(application, ApplicationState.CHANGES_REQUESTED, ApplicationState.IN_REVIEW)
        said = _said(reason)
        _return(application, reason=said, actor=actor, now=now)
        _keep(application, said, actor, now)
        _settle(application, said, actor, now)
    return application


def decline_application(
    application: Application, *, reason: str, actor: User, now: datetime
) -> Application:
    """Staff decline what breaks a rule while they review; the provider, what it was sent."""
    staff = can_review_application(actor, application)
    require(staff or can_decide_application(actor, application))
    with transaction.atomic():
        allowed = ApplicationState.IN_REVIEW if staff else ApplicationState.FORWARDED
        _look_again(application, ApplicationState.DECLINED, allowed)
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


def _look_again(application: Application, to: str, allowed: str) -> None:
    """The table lets more states lead there; this decision is possible from one only."""
    lock(application)
    if application.state != allowed:
        raise TransitionRefused(application, to)


def _decide(
    application: Application, to: str, *, reason: str, actor: User, now: datetime, **fields: Any
) -> None:
    transition(application, to, actor=actor, now=now, **fields)
    _keep(application, clean_text(reason), actor, now)
    _settle(application, clean_text(reason), actor, now)


def _keep(application: Application, reason: str, actor: User, now: datetime) -> None:
    Decision.objects.create(
        application=application, by=actor, outcome=application.state, reason=reason, at=now
    )


def _settle(application: Application, note: str, actor: Actor, now: datetime) -> None:
    settle_case(CASE, application, decision=application.state, note=note, actor=actor, now=now)


def _return(application: Application, *, reason: str, actor: Actor, now: datetime) -> None:
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
