from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.conversations.models import Question
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
