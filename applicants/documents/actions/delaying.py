"""A check that takes long is said once: the scanner or its worker may be away for a day."""

from datetime import datetime, timedelta

from django.db import transaction

from applicants.documents.notifications import tell_of_delay
from applicants.documents.queries import unchecked
from usce.accounts.models import User

LONG = timedelta(hours=24)
OWNERS_AT_ONCE = 200


def tell_of_delays(now: datetime) -> int:
    """One mail to each owner whose papers wait for a day; gives how many mails.

    A paper is told about once, however long it waits and however often this runs.
    """
    untold = unchecked(now - LONG).filter(delay_told_at=None)
    owners = untold.order_by("owner").values_list("owner", flat=True).distinct()[:OWNERS_AT_ONCE]
    return sum(_tell(User.objects.get(pk=pk), now) for pk in owners)


def _tell(owner: User, now: datetime) -> int:
    """The owner is locked: of two at once the second finds nothing left to tell."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        papers = unchecked(now - LONG).filter(owner=owner, delay_told_at=None)
        waiting = list(papers.select_for_update(no_key=True))
        if not waiting:
            return 0
        papers.update(delay_told_at=now)
        tell_of_delay(owner, waiting, now=now)
    return 1
