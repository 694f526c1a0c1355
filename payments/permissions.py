from payments.models import Credit, Invoice, Party, PartyMember, SavedCard
from payments.models.party import PartyKind
from usce.accounts.models import User
from usce.permissions import Actor, SystemActor


def can_pay_invoice(actor: Actor, invoice: Invoice) -> bool:
    if not isinstance(actor, User):
        return False
    return PartyMember.objects.filter(party=invoice.payer_id, user=actor).exists()


def can_let_go_card(actor: Actor, card: SavedCard) -> bool:
    """Its owner; or the service, once it has no use or a bank refused it."""
    return isinstance(actor, SystemActor) or can_pay_invoice(actor, card.payment.invoice)


def can_send_back_credit(actor: Actor, credit: Credit) -> bool:
    """Whose it is; never staff for her."""
    if not isinstance(actor, User):
        return False
    return PartyMember.objects.filter(party=credit.party_id, user=actor).exists()


def can_see_money(actor: Actor) -> bool:
    """The books, and what waits for a decision about money."""
    return isinstance(actor, User) and actor.has_staff_role("finance")


def can_set_payout_account(actor: Actor, party: Party) -> bool:
    """Those of a provider who see its money; never staff, so nobody here can turn it aside."""
    if not isinstance(actor, User) or actor.is_staff or party.kind != PartyKind.PROVIDER:
        return False
    return PartyMember.objects.filter(party=party, user=actor).exists()


def can_repair_refund(actor: Actor) -> bool:
    """Ask for another way of a refund that came back, or agree to it: people of finance."""
    return isinstance(actor, User) and actor.has_staff_role("finance")


def can_move_money(actor: Actor) -> bool:
    """Refunds are asked for by the service's own rules or by finance, never by a page alone."""
    if isinstance(actor, SystemActor):
        return True
    return isinstance(actor, User) and actor.has_staff_role("finance")
