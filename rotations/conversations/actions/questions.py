from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from rotations.catalog.models import Rotation
from rotations.conversations.models import Question
from rotations.conversations.notifications import tell_asker, tell_provider
from rotations.conversations.permissions import can_answer, can_ask
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.limits.actions import check
from usce.permissions import require

A_DAY = timedelta(days=1)
QUESTIONS_A_DAY = 10


class AlreadyAsked(Refused):
    """One question at a time waits for its answer."""


class AlreadyAnswered(Refused):
    """Somebody of the team was faster."""


def ask_question(rotation: Rotation, text: str, *, actor: User, now: datetime) -> Question:
    """Put one question to the provider; the next one waits for the answer to this one."""
    require(can_ask(actor, rotation), "Questions go to rotations that are open to applications.")
    check(f"question:{actor.pk}", limit=QUESTIONS_A_DAY, window=A_DAY, now=now)
    try:
        with transaction.atomic():
            asked = Question.objects.create(rotation=rotation, asker=actor, text=text, asked_at=now)
            record("conversations.question.asked", asked, actor=actor, now=now)
            tell_provider(asked, now=now)
    except IntegrityError as error:
        raise AlreadyAsked("Your question about this rotation waits for its answer.") from error
    return asked


def answer_question(
    question: Question, answer: str, *, is_public: bool, actor: User, now: datetime
) -> Question:
    """Answer once; a public answer is shown with the question, without who asked."""
    require(can_answer(actor, question), "Owners and coordinators answer questions.")
    with transaction.atomic():
        rows = Question.objects.select_for_update(no_key=True, of=("self",))
        fresh = rows.select_related("rotation__provider", "asker").get(pk=question.pk)
        if fresh.answered_at is not None:
            raise AlreadyAnswered("This question was answered a moment ago. Nothing was sent.")
        fresh.answer, fresh.is_public = answer, is_public
        fresh.answered_by, fresh.answered_at = actor, now
        fresh.save(update_fields=["answer", "is_public", "answered_by", "answered_at"])
        record(
            "conversations.question.answered",
            fresh,
            actor=actor,
            now=now,
            changes={"is_public": ("", is_public)},
        )
        tell_asker(fresh, now=now)
    return fresh
