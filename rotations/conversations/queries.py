"""Questions as each viewer may see them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, QuerySet

from rotations.catalog.models import Rotation
from rotations.conversations.models import Question
from rotations.providers.models import Provider
from usce.accounts.models import User

FEW = 5
SHOWN = 10
LAST = 50


@dataclass(frozen=True)
class AnswerTime:
    """Half of the last `count` answers came within `days` whole days (at least one)."""

    days: int
    count: int


def public_answers(rotation: Rotation) -> QuerySet[Question]:
    """What everybody may read, newest answer first; the asker is not part of it."""
    rows = Question.objects.filter(rotation=rotation, is_public=True)
    return rows.only("text", "answer", "answered_at").order_by("-answered_at")[:SHOWN]


def own_questions(user: User, rotation: Rotation) -> QuerySet[Question]:
    return Question.objects.filter(rotation=rotation, asker=user).order_by("-id")


def questions_at(provider: Provider) -> QuerySet[Question]:
    rows = Question.objects.select_related("rotation", "asker")
    return rows.filter(rotation__provider=provider).order_by("-id")


def answer_time(provider: Provider) -> AnswerTime | None:
    """How fast this provider answers; nothing is said from fewer than five answers."""
    answered = Question.objects.filter(rotation__provider=provider, answered_at__isnull=False)
    took = answered.order_by("-answered_at").values_list(F("answered_at") - F("asked_at"))[:LAST]
    spans: list[timedelta] = sorted(span for (span,) in took)
    if len(spans) < FEW:
        return None
    middle = spans[(len(spans) - 1) // 2]
    return AnswerTime(days=max(1, -(-middle // timedelta(days=1))), count=len(spans))
