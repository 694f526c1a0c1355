"""What a posted form becomes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applicants.documents.actions import add_document
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from rotations.applications.actions import (
    NotOpen,
    decline_application,
    forward_application,
    request_changes,
    save_draft,
    start_draft,
    waitlist_application,
)
from rotations.applications.guests import Begun
from rotations.applications.models import Application
from rotations.applications.queries import applications_at, live_application, usable_cvs
from rotations.applications.states import EDITABLE
from rotations.catalog.models import Rotation
from rotations.providers.models import Provider
from usce.accounts.models import User
from usce.errors import Refused
from usce.text import clean_text


def keep_draft(
    told: dict[str, Any], rotation: Rotation, *, user: User, now: datetime
) -> Application:
    """The form's answers become the draft; a CV sent now replaces the one known before."""
    draft = start_draft(rotation, opening=told["opening"], actor=user, now=now)
    cv = _upload(told["cv"], user, now) or _known_cv(draft, user)
    return save_draft(
        draft, opening=told["opening"], statement=told["statement"], cv=cv, actor=user, now=now
    )


def adopt_begun(begun: Begun, rotation: Rotation, *, user: User, now: datetime) -> Application:
    """What was begun without an account becomes the person's draft.

    Raises NotOpen when its dates can no longer be applied for. A live application for the same
    rotation is left as it is: what was sent, or written with an account, wins.
    """
    found = live_application(user, rotation)
    if found is not None:
        return found
    opening = rotation.openings.filter(public_id=begun.opening).first()
    if opening is None:
        raise NotOpen("These dates can no longer be applied for. Choose others.")
    draft = start_draft(rotation, opening=opening, actor=user, now=now)
    cv = _known_cv(draft, user)
    return save_draft(draft, opening=opening, statement=begun.statement, cv=cv, actor=user, now=now)


def other_words(draft: Application | None, begun: Begun | None) -> str:
    """What was written without the account and is not in the draft that the person has."""
    if draft is None or draft.state not in EDITABLE or begun is None:
        return ""
    return "" if clean_text(begun.statement) == draft.statement else begun.statement


def add_cv(application: Application, upload: Any, *, user: User, now: datetime) -> Application:
    """A CV sent with the review page becomes the draft's."""
    return save_draft(
        application,
        opening=application.opening,
        statement=application.statement,
        cv=_upload(upload, user, now),
        actor=user,
        now=now,
    )


def _upload(upload: Any, user: User, now: datetime) -> Document | None:
    if not upload:
        return None
    return add_document(DocumentKind.CV, upload, owner=user, actor=user, now=now)


def _known_cv(draft: Application, user: User) -> Document | None:
    known = list(usable_cvs(user)[:1])
    kept = draft.cv if draft.cv in usable_cvs(user) else None
    return kept or (known[0] if known else None)


@dataclass(frozen=True)
class Outcome:
    """What became of one of many; `sentence` says why it was refused."""

    label: str
    sentence: str = ""


def decide_many(
    provider: Provider, told: dict[str, Any], *, actor: User, now: datetime
) -> list[Outcome]:
    """Each by itself: one that is refused stands in nobody's way. Strangers' are not found."""
    wanted = applications_at(provider).filter(public_id__in=told["application"])
    return [_decide_one(application, told, actor, now) for application in wanted.order_by("id")]


def _decide_one(
    application: Application, told: dict[str, Any], actor: User, now: datetime
) -> Outcome:
    act = decline_application if told["act"] == "decline" else waitlist_application
    label = f"{application.reference}, {application.applicant.full_name}".rstrip(", ")
    try:
        act(application, reason=told["reason"], actor=actor, now=now)
    except Refused as refused:
        return Outcome(label, refused.sentence)
    return Outcome(label)


def decide(
    application: Application, told: dict[str, str], *, actor: User, now: datetime
) -> Application:
    """The reviewer's choice as the action it names."""
    reason = told["reason"]
    if told["decision"] == "forward":
        return forward_application(application, note=reason, actor=actor, now=now)
    if told["decision"] == "change":
        return request_changes(application, reason=reason, actor=actor, now=now)
    return decline_application(application, reason=reason, actor=actor, now=now)
