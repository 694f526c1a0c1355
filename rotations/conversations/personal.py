"""What is held of a person's questions and messages.

A question and its answer are a conversation of two about her plans: both go. Of a message to Rounds
the row stays, for the register of complaints, without a word of either side.
"""

from django.db.models import Case, Q, QuerySet, Value, When

from rotations.conversations.models import Inquiry, Question
from usce.accounts.models import User
from usce.rights.portability import Holding, Part, register

GONE = "Deleted with the account of its sender."


def _inquiries(person: User) -> QuerySet[Inquiry]:
    """Also those that she sent without being signed in."""
    return Inquiry.objects.filter(Q(sender=person) | Q(email__iexact=person.email))


register(
    Part(
        name="conversations",
        holdings=(
            Holding(
                Question,
                lambda person: Question.objects.filter(asker=person),
                told=("rotation__title", "text", "asked_at", "answer", "answered_at", "is_public"),
            ),
            Holding(
                Inquiry,
                _inquiries,
                told=("about", "name", "email", "text", "sent_at", "answer", "answered_at"),
                emptied={
                    "name": "",
                    "text": GONE,
                    "answer": Case(When(answer="", then=Value("")), default=Value(GONE)),
                    # By it her messages are found, those sent without an account too: it goes last.
                    "email": "",
                },
            ),
        ),
    )
)
