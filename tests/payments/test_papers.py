"""Invoice, receipt and credit note as papers, and the names and numbers that never change."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from payments.actions.numbers import next_number
from payments.actions.parties import ensure_party_for, rename_party
from payments.actions.refunds import refund_invoices
from payments.models import CreditNote, Invoice
from tests.factories.visits import client_of
from tests.payments.conftest import Desk
from tests.support.pdf import text_of
from usce.accounts.models import User
from usce.permissions import SYSTEM


def paid(desk: Desk) -> Invoice:
    invoice = desk.owe()
    desk.pay(desk.checkout(invoice))
    desk.hear_all()
    invoice.refresh_from_db()
    return invoice


def test_receipt_keeps_the_names_of_its_day(desk: Desk) -> None:
    invoice, client = paid(desk), client_of(desk.payer)
    rename_party(ensure_party_for(desk.payer), "Somebody Else")
    said = text_of(client.get(reverse("payments:invoice-pdf", args=[invoice.public_id])).content)
    for words in (
        f"Invoice and receipt {invoice.number}",
        "Amina Rahmān",
        "Lakeshore Medical Group",
        "$540.00",
        "Visa ending 4242",
    ):
        assert words in said
    assert "Somebody Else" not in said


def test_what_is_not_paid_is_no_receipt(desk: Desk) -> None:
    url = reverse("payments:invoice-pdf", args=[desk.owe().public_id])
    said = text_of(client_of(desk.payer).get(url).content)
    assert "Request for payment" in said
    assert "This is no receipt." in said


def test_credit_note_corrects_the_invoice_and_only_its_own(
    desk: Desk, dora: User, fay: User
) -> None:
    invoice, other = paid(desk), paid(desk)
    refund_invoices([invoice], 10_000, reason="provider", actor=SYSTEM, now=timezone.now())
    number = CreditNote.objects.get().number
    url = reverse("payments:credit-note", args=[invoice.public_id, number])
    for person in (desk.payer, fay):
        said = text_of(client_of(person).get(url).content)
        assert f"It corrects invoice {invoice.number}" in said
        assert "-$100.00" in said
    assert client_of(dora).get(url).status_code == 404
    wrong = reverse("payments:credit-note", args=[other.public_id, number])
    assert client_of(desk.payer).get(wrong).status_code == 404


@pytest.mark.parametrize("field", ["payer_name", "purpose"])
def test_invoice_that_was_opened_never_changes(desk: Desk, field: str) -> None:
    invoice = desk.owe()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{field: "x"})


@pytest.mark.parametrize(
    "verb", ["UPDATE payments_creditnote SET number = 'x'", "DELETE FROM payments_creditnote"]
)
def test_credit_note_is_never_changed_nor_deleted(desk: Desk, verb: str) -> None:
    refund_invoices([paid(desk)], 1, reason="provider", actor=SYSTEM, now=timezone.now())
    with (
        pytest.raises(IntegrityError, match="rows are only added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)


def test_number_of_what_was_undone_is_taken_again(db: None) -> None:
    with transaction.atomic():
        next_number("credit", 2026)
        transaction.set_rollback(True)
    assert [next_number("credit", 2026) for _ in range(2)] == ["C2026-000001", "C2026-000002"]
