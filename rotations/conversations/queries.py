"""Questions and messages as each viewer may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from rotations.catalog.models import Rotation
from rotations.conversations.models import Inquiry, Question
from rotations.providers.models import Provider
from usce.accounts.models import User

FEW = 5
SHOWN = 10
LAST = 50
TWINS_WITHIN = timedelta(minutes=10)
MOST_DIGITS = 12


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


def inquiries() -> QuerySet[Inquiry]:
    """For staff alone."""
    return Inquiry.objects.select_related("sender", "rotation__provider", "earlier__answered_by")


def just_sent(email: str, text: str, now: datetime) -> Inquiry | None:
    """The same words from the same address, a moment ago."""
    rows = Inquiry.objects.filter(email=email, text=text, sent_at__gt=now - TWINS_WITHIN)
    return rows.order_by("-id").first()


def answered_before(reference: str, email: str) -> Inquiry | None:
    """The answered message of that reference; only who has its address can ask about it again."""
    number = reference.strip().upper().removeprefix("M-")
    if not email or not (number.isascii() and number.isdecimal() and len(number) < MOST_DIGITS):
        return None
    rows = Inquiry.objects.filter(pk=int(number) - 1000, email__iexact=email)
    return rows.filter(answered_at__isnull=False).first()
