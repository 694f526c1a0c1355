"""What is held of the letters a person asked for. What the writer keeps private is not hers."""

from datetime import datetime

from django.db.models import QuerySet

from rotations.letters.actions import withdraw_letter
from rotations.letters.models import Letter, PacketView
from rotations.letters.states import OPEN
from usce.accounts.models import User
from usce.rights.portability import Holding, Part, register


def _letters(person: User) -> QuerySet[Letter]:
    return Letter.objects.filter(learner=person)


def _open(person: User) -> QuerySet[Letter]:
    return _letters(person).filter(state__in=OPEN).select_related("learner").order_by("pk")


def _let_go(person: User, now: datetime) -> None:
    for letter in _open(person):
        withdraw_letter(letter, actor=person, now=now)


def _consequences(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- every slice is asked alike
    return [
        f"The request for a letter to {letter.writer_name} is withdrawn."
        for letter in _open(person)
    ]


register(
    Part(
        name="letters",
        holdings=(
            Holding(
                PacketView,
                lambda person: PacketView.objects.filter(letter__learner=person),
                told=("letter__writer_name", "what", "at"),
                emptied={},
                kept={"what": "one of our own words"},
            ),
            Holding(
                Letter,
                _letters,
                told=(
                    *("placement__booking__application__reference", "writer_name", "writer_email"),
                    *("target", "specialty__name", "form", "waived", "signed_name", "asks"),
                    *("can_do", "due_on", "statement", "letter_id", "shares", "state"),
                    *("suggested_name", "suggested_email"),
                    *("asked_at", "answered_at", "submitted_at", "confirmed_at", "ended_at"),
                ),
                emptied={
                    **dict.fromkeys(("writer_name", "writer_email", "signed_name"), ""),
                    **dict.fromkeys(("statement", "letter_id", "private_words"), ""),
                    **dict.fromkeys(("suggested_name", "suggested_email"), ""),
                },
            ),
        ),
        let_go=_let_go,
        consequences=_consequences,
    )
)
