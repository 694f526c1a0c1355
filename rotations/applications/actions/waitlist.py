"""The list behind full dates, and what becomes of applications whose dates are gone."""

from datetime import datetime

from django.db import transaction

from rotations.applications import notifications
from rotations.applications.actions.decisions import keep_decision, look_again, send_back
from rotations.applications.models import CASE, Application
from rotations.applications.permissions import can_decide_application, can_end_for_dates
from rotations.applications.queries import WAITING, has_other_dates, place_on_list, today_at
from rotations.applications.states import ApplicationState
from rotations.catalog.states import OpeningState
from usce.accounts.models import User
from usce.cases.actions import settle_case
from usce.permissions import SystemActor, require
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text

CANCELED = "The provider canceled these dates. Choose others and send it again. The reason given:"
GONE = (
    "The provider canceled these dates, and the rotation has no others at present. "
    "The reason given:"
)
STARTED = "The rotation has begun, and no seat became free."


def waitlist_application(
    application: Application, *, reason: str, actor: User, now: datetime
) -> Application:
    """A yes without a seat: behind those who were put on the list of these dates before."""
    require(can_decide_application(actor, application))
    with transaction.atomic():
        look_again(application, ApplicationState.WAITLISTED, ApplicationState.FORWARDED)
        transition(
            application,
            ApplicationState.WAITLISTED,
            actor=actor,
            now=now,
            waitlisted_at=now,
            answer_due_at=None,
        )
        said = clean_text(reason)
        keep_decision(application, said, actor, now)
        notifications.tell_applicant(
            notifications.WAITLISTED,
            application,
            now=now,
            place=place_on_list(application),
            reason=said,
        )
    return application


def leave_dates(application: Application, *, actor: SystemActor, now: datetime) -> Application:
    """The dates are canceled or, on the list, have begun: back to choose others, or the end.

    Raises TransitionRefused when it has moved on, or its dates stand.
    """
    require(can_end_for_dates(actor))
    with transaction.atomic():
        lock(application)
        opening = application.opening
        canceled = opening.state == OpeningState.CANCELED
        begun = application.state == ApplicationState.WAITLISTED and (
            opening.starts_on <= today_at(application, now)
        )
        if application.state not in WAITING or not (canceled or begun):
            raise TransitionRefused(application, ApplicationState.EXPIRED)
        if canceled and has_other_dates(application, now):
            reason = canceled_because(application)
            send_back(application, reason=reason, actor=actor, now=now)
        else:
            gone = f"{GONE} {opening.cancel_reason}"
            _expire(application, gone if canceled else STARTED, actor, now)
        settle_case(CASE, application, decision="dates_gone", note="", actor=actor, now=now)
    return application


def canceled_because(application: Application) -> str:
    """What the applicant is asked to do, and why."""
    return f"{CANCELED} {application.opening.cancel_reason}"


def _expire(application: Application, why: str, actor: SystemActor, now: datetime) -> None:
    expired = ApplicationState.EXPIRED
    transition(application, expired, actor=actor, now=now, ended_at=now, answer_due_at=None)
    notifications.tell_applicant(notifications.DATES_GONE, application, now=now, reason=why)
