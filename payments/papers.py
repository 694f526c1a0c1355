"""Invoice, receipt, credit note and statement as papers: what was written down, as it was."""

from datetime import UTC, datetime

from django.conf import settings

from payments.models import CreditNote, Invoice, LineKind, Party, Payment, Refund
from payments.queries import counted_payments, refunded_tax_cents
from payments.queries.statements import Balance, Statement, lines_of
from payments.states import InvoiceState
from usce.money import Money
from usce.render.pdf import Paper, paper

NO_TAX = "Tax: 0.00 percent on every line; none is contained."
HELD = (
    "What goes to a provider is held until attendance. Cards are charged by Stripe; Rounds "
    "never sees a card number."
)
COLUMNS = ("For", "Goes to", "Amount")
STATEMENT_COLUMNS = ("Day", "What moved", "Held", "On its way", "Owed by you", "Balance")
STATEMENT = (
    "Sums in U.S. dollars, days in UTC. The balance is what is held until attendance, and what is "
    "on its way to you, less what you owe. Each line is an entry of our ledger."
)


def invoice_pdf(invoice: Invoice) -> bytes:
    """The receipt once paid; before that, what is asked for and by when."""
    is_paid = invoice.state == InvoiceState.PAID
    payments = list(counted_payments(invoice).select_related("payer").order_by("succeeded_at"))
    facts = [("Payer", invoice.payer_name), ("Reference", invoice.public_id)]
    if not is_paid:
        facts.append(("Due", _day(invoice.due_at)))
    facts += [("Received", _received(payment, invoice)) for payment in payments]
    title = f"Invoice and receipt {invoice.number}" if is_paid else "Request for payment"
    return paper(
        Paper(
            title=title,
            lead=invoice.purpose,
            facts=facts,
            columns=COLUMNS,
            rows=[
                (line.label, line.goes_to, str(Money(line.amount_cents)))
                for line in invoice.lines.all()
            ],
            total=("Total in U.S. dollars", str(Money(invoice.total_cents))),
            notes=(_tax_note(invoice), HELD if is_paid else "This is no receipt."),
            issuer=_issuer(),
        )
    )


def credit_note_pdf(note: CreditNote) -> bytes:
    """What corrects a paid invoice: the sum that goes back, and to where."""
    refund = note.refund
    payment, invoice = refund.payment, refund.payment.invoice
    corrected = f"invoice {invoice.number}" if invoice.number else f"payment {payment.public_id}"
    return paper(
        Paper(
            title=f"Credit note {note.number}",
            lead=f"It corrects {corrected}: {invoice.purpose}",
            facts=[
                ("Payer", invoice.payer_name),
                ("Issued", _day(note.issued_at)),
                ("Goes back to", _goes_to(refund)),
            ],
            columns=("For", "Amount"),
            rows=_credited(note),
            total=("Total in U.S. dollars", str(Money(-refund.amount_cents))),
            notes=(_tax_note(invoice),),
            issuer=_issuer(),
        )
    )


def statement_pdf(statement: Statement, party: Party) -> bytes:
    """A provider's month: from the opening balance, line by line, to the closing one."""
    balance, rows = statement.opening, []
    for line in lines_of(party, statement.month):
        balance += line.change
        words = ". ".join(part for part in (line.what, line.label, line.note) if part)
        moved = [told if told != "$0.00" else "" for told in _sums(line.change, balance)[:-1]]
        day = f"{line.at.astimezone(UTC):%-d %b}"
        rows.append((day, words, *moved, str(Money(balance.total))))
    opening = statement.opening
    return paper(
        Paper(
            title=f"Statement for {statement.month:%B %Y}",
            lead=party.name,
            facts=[
                ("Opening balance", str(Money(opening.total))),
                ("Closing balance", str(Money(statement.closing.total))),
                ("Books", "closed" if statement.is_final else "not closed yet"),
            ],
            columns=STATEMENT_COLUMNS,
            rows=[("", "Opening balance", *_sums(opening, opening)), *rows],
            total=("Closing balance", *_sums(statement.closing, statement.closing)),
            notes=(STATEMENT,),
            issuer=_issuer(),
            sums=4,
            is_wide=True,
        )
    )


def _goes_to(refund: Refund) -> str:
    if refund.is_credit:
        return "credit on Rounds, which never expires and can be had in cash"
    return refund.payment.card or "the card that paid"


def _sums(change: Balance, balance: Balance) -> list[str]:
    return [str(Money(cents)) for cents in (change.held, change.due, change.owed, balance.total)]


def _credited(note: CreditNote) -> list[tuple[str, str]]:
    """What goes back, a tax apart: as the ledger divided it."""
    refund = note.refund
    purpose, tax = refund.payment.invoice.purpose, refunded_tax_cents(refund)
    rows = [(f"Refund of {purpose}", str(Money(tax - refund.amount_cents)))]
    return [*rows, ("Tax on it", str(Money(-tax)))] if tax else rows


def _tax_note(invoice: Invoice) -> str:
    taxes = invoice.lines.filter(kind=LineKind.TAX)
    told = [f"{line.label}: {Money(line.amount_cents)}, collected for the state" for line in taxes]
    return "; ".join(told) + "." if told else NO_TAX


def _received(payment: Payment, invoice: Invoice) -> str:
    by = f", from {payment.payer.name}" if payment.payer_id != invoice.payer_id else ""
    at = payment.succeeded_at or payment.created_at
    return f"{Money(payment.amount_cents)} on {_day(at)}, {payment.card or 'by card'}{by}"


def _day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y} (UTC)"


def _issuer() -> list[str]:
    return [settings.COMPANY_NAME, *settings.COMPANY_ADDRESS.splitlines()]
