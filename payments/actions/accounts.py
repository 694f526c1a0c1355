"""Where a provider's money goes: an account at Stripe, or the treasury's bank."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from payments.actions.calls import begin_call, note_answer, trying
from payments.actions.screening import screen_party
from payments.gateway import connect
from payments.models import Method, Party, Payout, PayoutAccount
from payments.permissions import can_set_payout_account
from payments.queries.payouts import account_of
from payments.states import PayoutState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.crashpoints import reach
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, require
from usce.text import clean_line

CALL = "account.create"


class MethodChosen(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Money is already on its way by the other method. Write to us to change it."
        )


def open_payout_account(party: Party, *, return_path: str, actor: User, now: datetime) -> str:
    """The address of Stripe's hosted page for this provider; the account is made once.

    Call it outside a transaction. Raises PaymentsUnavailable.
    """
    account = _account(party, Method.CONNECT, actor, now, remit_to="")
    if not account.stripe_account_id:
        _open_at_stripe(account, actor, now)
    url = f"{settings.SITE_URL}{return_path}"
    return connect.onboarding_url(
        account.stripe_account_id, return_url=f"{url}?back=1", refresh_url=url
    )


def choose_remittance(party: Party, *, remit_to: str, actor: User, now: datetime) -> PayoutAccount:
    """The provider's treasury takes bank transfers: finance sends them, two people each time."""
    return _account(party, Method.REMITTANCE, actor, now, remit_to=clean_line(remit_to)[:120])


def refresh_account(
    account: PayoutAccount, *, now: datetime, is_refused: bool = False
) -> PayoutAccount:
    """Ask Stripe how the account stands; money that waits for it is sent once it is ready.

    `is_refused`: a transfer to it was refused just now, so it is not ready whatever is said.
    """
    answer = None
    if account.method == Method.CONNECT and account.stripe_account_id:
        answer = connect.fetch_account(account.stripe_account_id)
    if answer is None:
        return account
    with transaction.atomic():
        fresh = PayoutAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        was = fresh.is_ready
        fresh.is_ready = answer.is_ready and not is_refused
        fresh.is_submitted, fresh.closed_reason = answer.is_submitted, answer.closed_reason
        fresh.checked_at = now
        fresh.save(update_fields=["is_ready", "is_submitted", "closed_reason", "checked_at"])
        if was != fresh.is_ready:
            changes = {"is_ready": (was, fresh.is_ready)}
            record("payments.payout_account.checked", fresh, actor=SYSTEM, now=now, changes=changes)
        if fresh.is_ready:
            _send_what_waits(fresh.party)
    return fresh


def _account(
    party: Party, method: Method, actor: User, now: datetime, *, remit_to: str
) -> PayoutAccount:
    require(can_set_payout_account(actor, party))
    with transaction.atomic():
        Party.objects.select_for_update(no_key=True).get(pk=party.pk)
        account = account_of(party)
        if account is None:
            account = PayoutAccount(party=party, opened_by=actor, opened_at=now)
            screen_party(party, "payout", now=now)
        elif account.method != method and _has_sent(party):
            raise MethodChosen
        was = account.method
        account.method, account.remit_to = method, remit_to
        account.is_ready = method == Method.REMITTANCE or (was == method and account.is_ready)
        account.save()
        changes = {"method": (was, method)}
        record("payments.payout_account.chosen", account, actor=actor, now=now, changes=changes)
        if account.is_ready:
            _send_what_waits(party)
    return account


def _open_at_stripe(account: PayoutAccount, actor: User, now: datetime) -> None:
    with transaction.atomic():
        call = begin_call(CALL, account, now=now)
    reach("account.before_call")
    with trying(call, now=now):
        answer = connect.create_account(
            email=actor.email,
            name=account.party.name,
            party_ref=account.party.public_id,
            key=call.idempotency_key,
        )
    reach("account.after_call")
    with transaction.atomic():
        note_answer(call, answer.id, now=now)
        PayoutAccount.objects.filter(pk=account.pk, stripe_account_id="").update(
            stripe_account_id=answer.id
        )
    account.refresh_from_db(fields=["stripe_account_id"])


def _has_sent(party: Party) -> bool:
    return Payout.objects.filter(payee=party).exclude(method="").exists()


def _send_what_waits(party: Party) -> None:
    waiting = Payout.objects.filter(payee=party, state=PayoutState.PENDING)
    for payout in waiting.order_by("id"):
        enqueue("payments.send_payout", unique_key=payout.public_id, payout_id=payout.pk)
