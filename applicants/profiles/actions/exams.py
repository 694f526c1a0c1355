"""Attempts at examinations, one a day; once told, they decide whether a Step is passed."""

from datetime import date, datetime, timedelta

from django.db import transaction

from applicants.profiles.actions.facts import locked_profile
from applicants.profiles.models import Exam, ExamAttempt, ExamOutcome, Profile
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.queries import attempts_of, sittings_of
from applicants.profiles.rules import facts_from, has_score
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor, require

EASTERNMOST = timedelta(hours=14)  # where a day begins first
FACTS_OF = {Exam.STEP1.value: "step1_", Exam.STEP2_CK.value: "step2_"}


class AttemptKnown(Refused):
    def __init__(self) -> None:
        super().__init__("You have told this attempt already. Remove it first to change it.")


class FutureResult(Refused):
    def __init__(self) -> None:
        super().__init__("This day is still to come: a result is known only afterwards.")


class ScoreOutOfPlace(Refused):
    def __init__(self) -> None:
        super().__init__("No score is reported for this examination and day. Leave it empty.")


def record_attempt(
    user: User,
    exam: Exam,
    taken_on: date,
    outcome: ExamOutcome,
    *,
    score: int | None,
    actor: Actor,
    now: datetime,
) -> ExamAttempt:
    """Keep one attempt; of one that was waiting, this is the result.

    Raises FutureResult, ScoreOutOfPlace, AttemptKnown.
    """
    require(can_keep_profile(actor, user))
    waits = outcome == ExamOutcome.WAITING
    if not waits and taken_on > (now + EASTERNMOST).date():
        raise FutureResult
    if score is not None and (waits or not has_score(exam, taken_on)):
        raise ScoreOutOfPlace
    with transaction.atomic():
        profile = locked_profile(user, now)
        known = attempts_of(user).filter(exam=exam, taken_on=taken_on).first()
        if known and (waits or known.outcome != ExamOutcome.WAITING):
            raise AttemptKnown
        attempt = known or ExamAttempt(profile=profile, exam=exam, taken_on=taken_on)
        attempt.outcome, attempt.score = outcome, score
        attempt.save()
        record("profiles.attempt.recorded", attempt, actor=actor, now=now, reason=exam)
        _derive(profile, user, exam, now)
    return attempt


def remove_attempt(attempt: ExamAttempt, *, actor: Actor, now: datetime) -> None:
    """Take an attempt back; with the last one of a Step its answer is open again."""
    user = attempt.profile.user
    require(can_keep_profile(actor, user))
    with transaction.atomic():
        profile = locked_profile(user, now)
        record("profiles.attempt.removed", attempt, actor=actor, now=now, reason=attempt.exam)
        attempt.delete()
        _derive(profile, user, attempt.exam, now)


def _derive(profile: Profile, user: User, exam: str, now: datetime) -> None:
    """Write what the attempts at this exam say; the answers about another stay as they are."""
    told = facts_from(sittings_of(attempts_of(user)))
    news = {name: value for name, value in told.items() if name.startswith(FACTS_OF.get(exam, "-"))}
    for name, value in news.items():
        setattr(profile, name, value)
    profile.updated_at = now
    profile.save(update_fields=[*news, "updated_at"])
