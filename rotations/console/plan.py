"""What bookings say about a person's plan."""

from applicants.profiles.plan import PlanFacts
from rotations.bookings.queries import bookings_for
from rotations.bookings.states import BOOKED
from rotations.providers.states import ProviderState
from usce.accounts.models import User


def plan_facts_of(user: User) -> PlanFacts:
    """One query. Without a confirmed booking nothing is known of its provider."""
    booked = bookings_for(user).filter(state__in=BOOKED).order_by()
    providers = set(booked.values_list("opening__rotation__provider__state", flat=True))
    if not providers:
        return PlanFacts(place=False)
    return PlanFacts(place=True, verified_provider=ProviderState.VERIFIED in providers)
