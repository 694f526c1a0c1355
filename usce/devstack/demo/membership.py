from datetime import datetime

from payments.actions.parties import add_member
from rotations.providers.models import Member, Provider, Role
from usce.accounts.models import User


def own(provider: Provider, owner: User, now: datetime) -> None:
    """Make the person the provider's owner, who also sees its money."""
    values = {"role": Role.OWNER, "added_at": now}
    Member.objects.get_or_create(
        provider=provider, user=owner, removed_at__isnull=True, defaults=values
    )
    add_member(provider.party, owner)
