from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from payments.actions.new_details import (
    CASE,
    address_of,
    agree_new_details,
    ask_new_details,
    refuse_new_details,
)
from payments.forms import HolderForm
from payments.models import NewDetails, Refund
from payments.papers import credit_note_pdf, invoice_pdf
from payments.permissions import can_repair_refund
from payments.queries import credit_notes_of, invoices_for, live_details, refunds
from payments.states import PaymentState, RefundState
from usce.accounts.models import User
from usce.accounts.people import signed_in, signs_in_again
from usce.cases.desk import line_on
from usce.errors import Refused
from usce.permissions import require

MOVING = ("ask", "agree")
"""Steps that send money another way."""


@require_GET
def invoice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was owed and how it was paid: a receipt to print once it is."""
    user = signed_in(request)
    found = get_object_or_404(invoices_for(user), public_id=public_id)
    payments = found.payments.filter(state=PaymentState.SUCCEEDED).select_related("payer")
    context = {
        "invoice": found,
        "lines": found.lines.all(),
        "payments": payments.prefetch_related("refunds__credit_note", "refunds__replaced_by"),
    }
    return render(request, "payments/invoice.html", context)


@require_GET
def invoice_paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as a tagged PDF, to keep or to hand on."""
    found = get_object_or_404(invoices_for(signed_in(request)), public_id=public_id)
    return _pdf(invoice_pdf(found), f"rounds-{found.number or found.public_id}.pdf")


@require_GET
def credit_note_paper(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    invoice = get_object_or_404(invoices_for(signed_in(request)), public_id=public_id)
    note = get_object_or_404(credit_notes_of(invoice), number=number)
    return _pdf(credit_note_pdf(note), f"rounds-{note.number}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """A refund that the bank sent back: one person asks for another way, another agrees."""
    user = signed_in(request)
    if not user.is_staff:
        raise Http404
    require(can_repair_refund(user), "People of finance repair refunds.")
    found = get_object_or_404(refunds(), public_id=public_id)
    if request.method == "GET":
        return _refund_page(request, found, HolderForm())
    step = request.POST.get("step")
    return (_repair_again if step in MOVING else _repair)(request, found, user)


@signs_in_again
def _repair_again(request: HttpRequest, found: Refund, user: User) -> HttpResponse:
    """Who sends money elsewhere has given password or code in the last minutes, or does so now."""
    return _repair(request, found, user)


def _repair(request: HttpRequest, found: Refund, user: User) -> HttpResponse:
    form = HolderForm(request.POST if request.POST.get("step") == "ask" else None)
    try:
        if _took_step(request, found, live_details(found), form, user):
            return redirect("payments:refund", found.public_id)
    except Refused as refused:
        return _refund_page(request, found, form, sentence=refused.sentence, status=409)
    return _refund_page(request, found, form, status=422)


def _refund_page(
    request: HttpRequest, found: Refund, form: HolderForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "refund": found,
        "details": live_details(found),
        "address": address_of(found.payment.payer),
        "form": form,
        "sentence": sentence,
        "is_failed": found.state == RefundState.FAILED and not hasattr(found, "replaced_by"),
        "line": line_on(CASE, found, request, timezone.now()),
    }
    return render(request, "payments/refund.html", context, status=status)


def _took_step(
    request: HttpRequest, found: Refund, details: NewDetails | None, form: HolderForm, user: User
) -> bool:
    """False when what was sent is no step, or its form is wrong."""
    step, now = request.POST.get("step"), timezone.now()
    if step == "ask" and form.is_valid():
        ask_new_details(found, holder=form.cleaned_data["holder"], actor=user, now=now)
        messages.success(request, "Written down. Another person of finance has to agree.")
    elif step == "agree" and details is not None:
        agree_new_details(details, actor=user, now=now)
        messages.success(request, "Stripe writes to the payer and asks where the money shall go.")
    elif step == "refuse" and details is not None:
        refuse_new_details(details, actor=user, now=now)
        messages.success(request, "Taken back.")
    else:
        return False
    return True
