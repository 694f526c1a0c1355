"""Letters that were asked for, through the product's own actions."""

from datetime import timedelta
from typing import Any

from rotations.letters.actions import Wish, accept_letter, ask_for_letter
from rotations.letters.models import Form, Letter, Share, Target
from rotations.placements.models import Placement
from usce.accounts.models import User
from usce.devstack.demo.stories import Storyteller

WORDS = (
    "These weeks have shown me how a team here decides and hands over. I hope to match in internal "
    "medicine and to stay in teaching."
)
NAMED, ADDRESS = "Irina Solberg (demo)", "irina.solberg.demo@letters.example"


def tell_letters(tell: Storyteller, user: User) -> None:
    """One that her preceptor accepted, and one asked of somebody else who has not answered."""
    placement = _placement(user)
    asked = _ask(
        tell,
        placement,
        days=2,
        preceptor=placement.booking.offer.preceptor,
        target=Target.ERAS,
        specialty=placement.booking.offer.preceptor.specialty,
        shares=(Share.DAYS, Share.CV),
    )
    at = tell.now - timedelta(days=1)
    accept_letter(asked, was=asked.state, can_do=asked.asks, note="", now=at)
    _ask(
        tell,
        placement,
        days=1,
        name=NAMED,
        email=ADDRESS,
        target=Target.RESIDENCYCAS,
        form=Form.NARRATIVE,
    )


def _placement(user: User) -> Placement:
    rows = Placement.objects.select_related("booking__offer__preceptor__specialty")
    return rows.filter(booking__applicant=user).latest("booking__starts_on")


def _ask(tell: Storyteller, placement: Placement, *, days: int, **told: Any) -> Letter:
    learner = placement.booking.applicant
    usual: dict[str, Any] = {
        "waived": True,
        "signed_name": learner.full_name,
        "due_on": tell.now.date() + timedelta(days=30),
        "statement": WORDS,
    }
    wish = Wish(**{**usual, **told})
    at = tell.now - timedelta(days=days)
    return ask_for_letter(placement, wish, actor=learner, now=at)
