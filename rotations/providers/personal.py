"""What is held of a person's part in a provider's team."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from rotations.providers.models import Invitation, Member, Provider, Role
from usce.accounts.models import User
from usce.rights.portability import Holding, Part, register


def _holds(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- every slice is asked alike
    """A provider never loses its last owner."""
    owned = Member.objects.filter(user=person, role=Role.OWNER, removed_at__isnull=True)
    others = Member.objects.filter(
        provider=OuterRef("provider"), role=Role.OWNER, removed_at__isnull=True
    ).exclude(user=person)
    return [
        f"You are the only owner of {member.provider.name}. Make somebody else an owner first."
        for member in owned.filter(~Exists(others)).select_related("provider")
    ]


def _consequences(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- as above
    roles = Member.objects.filter(user=person, removed_at__isnull=True).select_related("provider")
    return [f"Your part in the team of {member.provider.name} ends." for member in roles]


def _erase(person: User, now: datetime) -> None:
    Member.objects.filter(user=person, removed_at__isnull=True).update(removed_at=now)
    _invitations(person).filter(ended_at__isnull=True).update(ended_at=now)


def _invitations(person: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(Q(accepted_by=person) | Q(email__iexact=person.email))


register(
    Part(
        name="providers",
        holdings=(
            Holding(
                Invitation,
                _invitations,
                told=("provider__name", "email", "role", "invited_at", "ended_at"),
                emptied={"email": "erased@erased.invalid"},
            ),
            Holding(
                Member,
                lambda person: Member.objects.filter(user=person),
                told=("provider__name", "role", "title", "added_at", "removed_at"),
                emptied={"title": ""},
            ),
        ),
        others={Provider: "an organization, not a person"},
        holds=_holds,
        consequences=_consequences,
        erase=_erase,
    )
)
