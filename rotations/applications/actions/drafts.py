"""What the applicant does: write, send, withdraw."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from applicants.documents.actions import use
from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from applicants.profiles.actions import ensure_profile
from applicants.profiles.queries import facts_json
from rotations.applications import notifications
from rotations.applications.actions.decisions import begin_review
from rotations.applications.actions.errors import (
    CvMissing,
    FactsMissing,
    HasOffer,
    NotEligible,
    NotOpen,
)
from rotations.applications.actions.judging import keep_judgment, keep_sent
from rotations.applications.models import CASE, Application, Cause
from rotations.applications.permissions import can_keep_application, can_start_application
from rotations.applications.queries import UNUSABLE, case_today, is_named, live_application
from rotations.applications.rules import DECISION_DAYS, REVIEW_DAYS
from rotations.applications.states import EDITABLE, ApplicationState
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.states import OpeningState, RotationState
from rotations.eligibility.queries import person_of
from rotations.eligibility.rules import VerdictOutcome, judge
from rotations.eligibility.rules.notices import refusal_of
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import settle_case
from usce.permissions import SYSTEM, require
from usce.reference.rules import business_deadline
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text


def start_draft(rotation: Rotation, *, opening: Opening, actor: User, now: datetime) -> Application:
    """The person's live application for the rotation, begun now if there is none.

    Two tabs or a double click at once get the same one.
    """
    require(can_start_application(actor, rotation), "You cannot apply for this rotation yourself.")
    if found := live_application(actor, rotation):
        return found
    _require_open(rotation, opening, now)
    with transaction.atomic():
        # The person's row is the lock: whoever comes second finds the draft of the first.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if found := live_application(actor, rotation):
            return found
        draft = Application.objects.create(
            reference=_next_reference(),
            applicant=actor,
            rotation=rotation,
            opening=opening,
            created_at=now,
        )
        record("applications.application.draft", draft, actor=actor, now=now)
    return draft


def save_draft(
    application: Application,
    *,
    opening: Opening,
    statement: str,
    cv: Document | None,
    actor: User,
    now: datetime,
) -> Application:
    """Keep dates, words and CV of an application that is not sent, or was sent back.

    Complete or not: what is missing is told when it is sent. Without `cv` the one there is stays.
    """
    require(can_keep_application(actor, application))
    require(opening.rotation_id == application.rotation_id, "These dates are another rotation's.")
    require(cv is None or cv.owner_id == actor.pk, "This CV is somebody else's.")
    with transaction.atomic():
        lock(application)
        if application.state not in EDITABLE:
            raise TransitionRefused(application, ApplicationState.DRAFT)
        application.opening = opening
        application.statement = clean_text(statement)
        application.cv = cv or application.cv
        application.save(update_fields=["opening", "statement", "cv"])
        record("applications.application.saved", application, actor=actor, now=now)
        keep_judgment(application, Cause.SAVED, now=now)
    return application


def submit_application(application: Application, *, actor: User, now: datetime) -> Application:
    """Freeze facts and verdict and send it.

    Raises NotOpen, FactsMissing, CvMissing, NotEligible. A CV that is still being checked is
    no obstacle: the review begins once it has passed.
    """
    require(can_keep_application(actor, application))
    with transaction.atomic():
        lock(application)
        if application.state not in EDITABLE:
            raise TransitionRefused(application, ApplicationState.SUBMITTED)
        _require_open(application.rotation, application.opening, now)
        profile = ensure_profile(actor, now=now)
        if not is_named(profile):
            raise FactsMissing("Give your name as in your passport first.")
        cv = _usable_cv(application)
        case = case_today(application, now)
        verdict = judge(case)
        if sentence := _sanctioned(application, now):
            raise NotEligible(sentence)
        if verdict.outcome == VerdictOutcome.CANNOT_APPLY:
            raise NotEligible(verdict.sentence)
        if verdict.outcome == VerdictOutcome.UNKNOWN:
            raise FactsMissing(verdict.sentence)
        zone = application.rotation.site.time_zone
        transition(
            application,
            ApplicationState.SUBMITTED,
            actor=actor,
            now=now,
            facts=facts_json(profile),
            verdict=verdict.to_json(),
            submitted_at=now,
            answer_due_at=business_deadline(now, REVIEW_DAYS, zone),
        )
        keep_sent(application, case, verdict, now=now)
        use(cv, by=application, now=now)
        answer_at = business_deadline(now, REVIEW_DAYS + DECISION_DAYS, zone)
        notifications.tell_applicant(
            notifications.SENT,
            application,
            now=now,
            answer_on=notifications.on_site(answer_at, application),
            answer_at=answer_at.isoformat(),
        )
        if cv.state == DocumentState.ACCEPTED:
            begin_review(application, actor=SYSTEM, now=now)
    return application


def withdraw_application(application: Application, *, actor: User, now: datetime) -> Application:
    """End it; nothing is due. With an offer in hand, declining the offer does this instead."""
    require(can_keep_application(actor, application))
    with transaction.atomic():
        lock(application)
        if application.state in (ApplicationState.OFFERED, ApplicationState.ACCEPTED):
            raise HasOffer("There is an offer for you: decline it on the offer's page instead.")
        transition(
            application,
            ApplicationState.WITHDRAWN,
            actor=actor,
            now=now,
            ended_at=now,
            answer_due_at=None,
        )
        settle_case(CASE, application, decision="withdrawn", note="", actor=SYSTEM, now=now)
        if application.submitted_at:
            notifications.tell_applicant(notifications.WITHDRAWN, application, now=now)
        if application.forwarded_at:
            notifications.tell_provider(notifications.WITHDRAWN_PROVIDER, application, now=now)
    return application


def _require_open(rotation: Rotation, opening: Opening, now: datetime) -> None:
    require(opening.rotation_id == rotation.pk, "These dates are another rotation's.")
    if (
        rotation.state != RotationState.PUBLISHED
        or rotation.provider.state != ProviderState.VERIFIED
    ):
        raise NotOpen("This rotation takes no applications at present.")
    today = now.astimezone(ZoneInfo(rotation.site.time_zone)).date()
    if opening.state != OpeningState.OPEN or opening.starts_on <= today:
        raise NotOpen("These dates can no longer be applied for. Choose others.")
    if not opening.seats_left:
        raise NotOpen("Every seat on these dates is taken. Choose others.")


def _sanctioned(application: Application, now: datetime) -> str:
    """Why a remote rotation is refused to whoever lives where we may not sell; else nothing."""
    if application.rotation.is_in_person:
        return ""
    residence = person_of(application.applicant).private.residence
    return refusal_of(residence, now.date(), "remote")


def _usable_cv(application: Application) -> Document:
    cv = application.cv
    if cv is None:
        raise CvMissing("Add your CV as a PDF first.")
    if cv.state == DocumentState.SUPERSEDED:
        raise CvMissing("You deleted this CV. Add another one.")
    if cv.state in UNUSABLE:
        why = f" {cv.refusal}" if cv.refusal else ""
        raise CvMissing(f"Your CV was not accepted.{why} Add another one.")
    return cv


def _next_reference() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('applications_reference')")
        return f"R-{cursor.fetchone()[0]}"
