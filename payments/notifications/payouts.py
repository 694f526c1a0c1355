"""What providers are told about money on its way to them, and payers about disputes."""

from datetime import date, datetime
from typing import Any

from payments.models import Dispute, Party, Payout, Transfer
from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "payee": "Lakeshore Medical Group",
    "label": "R-7K2M9Q: Inpatient cardiology",
    "amount_cents": 48_600,
    "tranche": "First day attended",
    "reason": "dispute",
    "is_won": False,
    "month": "June 2026",
    "due_at": "2026-07-20T22:00:00+00:00",
    "path": "/home",
}


def _event(name: str, audience: str, subject: str) -> str:
    return register(
        Event(
            name=f"payments.{name}",
            audience=audience,
            mail_class=MailClass.TRANSACTIONAL,
            subject=subject,
            template=f"emails/payments/{name}",
            sample=SAMPLE,
        )
    ).name


MONEY_WAITS = _event("money_waits", "provider", "Money waits: finish payout details")
PAID_OUT = _event("paid_out", "provider", "{{ amount_cents|money }} is on its way to you")
HELD = _event("held", "provider", "A payment for {{ label|truncatechars:40 }} is kept back")
DISPUTED = _event(
    "disputed", "payer", "Your bank opened a dispute about {{ label|truncatechars:40 }}"
)
DISPUTE_ENDED = _event(
    "dispute_ended", "payer", "Your bank has decided about {{ label|truncatechars:40 }}"
)
STATEMENT_READY = _event("statement_ready", "provider", "Your statement for {{ month }} is ready")


def tell_money_waits(payout: Payout, *, now: datetime) -> None:
    """Once a provider: the page goes on saying it until the details are there."""
    facts = {"payee": payout.payee.name, "amount_cents": payout.amount_cents}
    _tell(MONEY_WAITS, payout.payee, facts, f"money_waits:{payout.payee.public_id}", now)


def tell_paid_out(payout: Payout, *, now: datetime) -> None:
    transfer = payout.transfer
    facts = {
        "amount_cents": payout.amount_cents,
        "label": transfer.label,
        "tranche": transfer.get_tranche_display(),
    }
    _tell(PAID_OUT, payout.payee, facts, f"paid_out:{payout.public_id}", now)


def tell_held(transfer: Transfer, reason: str, *, now: datetime) -> None:
    facts = {
        "amount_cents": transfer.amount_cents,
        "label": transfer.label,
        "tranche": transfer.get_tranche_display(),
        "reason": reason,
    }
    # Of several tranches kept back at once, the first tells of it.
    key = f"held:{transfer.subject_type}:{transfer.subject_id}:{transfer.payee_id}:{reason}"
    _tell(HELD, transfer.payee, facts, key, now)


def tell_statement(party: Party, month: date, closing_cents: int, *, now: datetime) -> None:
    facts: dict[str, Any] = {
        "month": f"{month:%B %Y}",
        "amount_cents": abs(closing_cents),
        "owes": closing_cents < 0,
    }
    if party.money_path:
        facts["path"] = f"{party.money_path}/statements"
    _tell(STATEMENT_READY, party, facts, f"statement:{party.public_id}:{month:%Y-%m}", now)


def tell_dispute(dispute: Dispute, *, path: str, is_over: bool, now: datetime) -> None:
    """The payer's own bank asked for it, perhaps by mistake: say what it is about."""
    invoice = dispute.payment.invoice
    facts = {
        "label": invoice.purpose,
        "amount_cents": dispute.amount_cents,
        "is_won": dispute.state == "won",
        "path": path,
    }
    event = DISPUTE_ENDED if is_over else DISPUTED
    _tell(event, invoice.payer, facts, f"{event}:{dispute.public_id}", now)


def _tell(event: str, party: Party, facts: dict[str, Any], key: str, now: datetime) -> None:
    members = User.objects.filter(pk__in=party.members.values_list("user_id", flat=True))
    told = {"path": party.money_path or "/home", **facts}
    for person in members:
        notify(event, to=person, facts=told, unique_key=f"{key}:{person.pk}", now=now)
