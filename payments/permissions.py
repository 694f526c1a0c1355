from payments.models import Invoice, PartyMember
from usce.accounts.models import User
from usce.permissions import Actor, SystemActor


def can_pay_invoice(actor: Actor, invoice: Invoice) -> bool:
    if not isinstance(actor, User):
        return False
    return PartyMember.objects.filter(party=invoice.payer_id, user=actor).exists()


def can_move_money(actor: Actor) -> bool:
    """Refunds are asked for by the service's own rules or by finance, never by a page alone."""
    if isinstance(actor, SystemActor):
        return True
    return isinstance(actor, User) and actor.has_staff_role("finance")
