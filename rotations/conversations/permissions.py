from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.conversations.models import Inquiry, Question
from rotations.conversations.rules import queue_for
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import member
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.permissions import Actor


def can_ask(actor: Actor, rotation: Rotation) -> bool:
    if not isinstance(actor, User) or actor.is_staff or member(actor, rotation.provider):
        return False
    verified = rotation.provider.state == ProviderState.VERIFIED
    return verified and rotation.state == RotationState.PUBLISHED


def can_answer(actor: Actor, question: Question) -> bool:
    return can_manage_applicants(actor, question.rotation.provider)


def can_read_inquiry(actor: Actor, inquiry: Inquiry) -> bool:
    """Staff for trust; a complaint about staff is read by administrators alone."""
    return isinstance(actor, User) and actor.has_staff_role(queue_for(inquiry.about))


def can_answer_inquiry(actor: Actor, inquiry: Inquiry) -> bool:
    """Not who gave the answer that is to be looked at again."""
    before = inquiry.earlier
    again = before is not None and before.answered_by_id == getattr(actor, "pk", None)
    return can_read_inquiry(actor, inquiry) and not again
