"""Rows that a story starts from: made by factories, moved on by the product's own actions."""

import datetime as dt

from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from applicants.profiles.models import Profile
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import make_offer
from rotations.bookings.models import Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Member, Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.documents import DocumentFactory
from tests.factories.profiles import ProfileFactory
from tests.factories.providers import MemberFactory, ProviderFactory
from usce.accounts.models import User

NO_VERDICT = {"outcome": "can_apply", "sentence": "You can apply.", "findings": []}


def an_opening(provider: Provider | None = None, *, seats: int = 2, **rotation: object) -> Opening:
    """An opening of a published rotation; `rotation` overrides the listing's fields."""
    listing = RotationFactory(provider=provider or ProviderFactory(), **rotation)
    return OpeningFactory(rotation=listing, seats=seats)


def a_far_opening(provider: Provider) -> Opening:
    """Ahead on whatever day the tests are run."""
    found = an_opening(provider)
    Opening.objects.filter(pk=found.pk).update(starts_on="2099-10-05", ends_on="2099-10-30")
    found.refresh_from_db()
    return found


def an_owner(provider: Provider) -> User:
    found = Member.objects.filter(provider=provider, role=Role.OWNER).first()
    return found.user if found else MemberFactory(provider=provider, role=Role.OWNER).user


def a_named_applicant(**fields: object) -> User:
    user = UserFactory(**fields)
    ProfileFactory(user=user, given_name="Sam", family_name="Okoro")
    return user


def name(user: User) -> None:
    Profile.objects.filter(user=user).update(given_name="Amina", family_name="Rahmān")


def a_cv(owner: User, state: str = DocumentState.ACCEPTED) -> Document:
    return DocumentFactory(owner=owner, state=state)


def an_application(
    opening: Opening, applicant: User, state: str = ApplicationState.FORWARDED
) -> Application:
    """One that has come as far as `state`."""
    at = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
    sent = state not in (ApplicationState.DRAFT, ApplicationState.CHANGES_REQUESTED)
    reached = state not in (
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.IN_REVIEW,
        ApplicationState.CHANGES_REQUESTED,
    )
    return ApplicationFactory(
        opening=opening,
        applicant=applicant,
        cv=a_cv(applicant),
        state=state,
        verdict=NO_VERDICT,
        submitted_at=at if sent else None,
        forwarded_at=at if reached else None,
        answer_due_at=at + dt.timedelta(days=7) if sent else None,
    )


def an_offer(opening: Opening, applicant: User, now: dt.datetime, *, days: int = 7) -> Offer:
    """A live offer, made by the provider's owner."""
    application = an_application(opening, applicant)
    owner = an_owner(opening.rotation.provider)
    return make_offer(application, expires_at=now + dt.timedelta(days=days), actor=owner, now=now)
