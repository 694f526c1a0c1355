from rotations.letters.models import Letter
from rotations.placements.models import Placement
from rotations.providers.models import Provider
from rotations.providers.permissions import can_manage_applicants
from usce.accounts.models import User
from usce.permissions import Actor


def can_ask_letter(actor: Actor, placement: Placement) -> bool:
    """The learner alone."""
    return isinstance(actor, User) and actor.pk == placement.booking.applicant_id


def can_keep_letter(actor: Actor, letter: Letter) -> bool:
    """Say what is shared, withdraw, say that it was seen: the learner alone."""
    return isinstance(actor, User) and actor.pk == letter.learner_id


def can_answer_by_link(letter: Letter) -> bool:
    """Whoever holds the link mailed to the writer, while that is the writer's address."""
    return not letter.has_moved


def can_see_letters(actor: Actor, provider: Provider) -> bool:
    """State and dates of what learners asked the team's preceptors: owner and coordinator."""
    return can_manage_applicants(actor, provider)
