"""Who can owe and be owed."""

from django.db import transaction

from payments.models import Party, PartyMember
from payments.models.party import PartyKind
from usce.accounts.models import User


def ensure_party_for(user: User) -> Party:
    """The person's own party; made once, also when two requests ask at the same time."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        known = Party.objects.filter(kind=PartyKind.PERSON, members__user=user).first()
        if known is not None:
            return known
        party = Party.objects.create(kind=PartyKind.PERSON, name=user.full_name or user.email)
        add_member(party, user)
        return party


def provider_party(name: str, *, money_path: str) -> Party:
    """A new party for a provider, to which its share of what is paid will be owed.

    `money_path` is the page on which its people see that money.
    """
    return Party.objects.create(kind=PartyKind.PROVIDER, name=name, money_path=money_path)


def payer_without_account(name: str, email: str) -> Party:
    """Somebody who pays for another by a link: each request its own, told by mail alone."""
    return Party.objects.create(kind=PartyKind.PERSON, name=name, email=email)


def platform_party() -> Party:
    party, _created = Party.objects.get_or_create(
        kind=PartyKind.PLATFORM, defaults={"name": "Rounds"}
    )
    return party


def add_member(party: Party, user: User) -> None:
    """Let the user see the party's money."""
    PartyMember.objects.get_or_create(party=party, user=user)


def remove_member(party: Party, user: User) -> None:
    PartyMember.objects.filter(party=party, user=user).delete()


def rename_party(party: Party, name: str) -> None:
    """What new invoices call it; those that were opened keep the name of their day."""
    Party.objects.filter(pk=party.pk).update(name=name)
