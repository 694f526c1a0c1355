"""Names held against the dated sanctions list; a person decides, never the list."""

from datetime import datetime

from payments.models import Party
from usce.cases.actions import open_case
from usce.cases.models import Queue
from usce.permissions import SYSTEM
from usce.reference.queries import sanctioned_like

CASE = "payments.sanctions_match"


def screen_party(party: Party, occasion: str, *, now: datetime) -> bool:
    """Whether the party's name stands on the list; then a case opens and nothing is refused.

    `occasion` is "first payment", "payer link" or "payout". In the transaction of what it is
    about.
    """
    entry = sanctioned_like(party.name)
    if entry is None:
        return False
    open_case(
        CASE,
        party,
        title=f"{party.name}: name as in {entry.entry}, {entry.source} ({occasion})",
        queue=Queue.FINANCE,
        due_at=now,
        actor=SYSTEM,
        now=now,
    )
    return True
