from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from payments.actions.credit import send_back_credit
from payments.actions.endings import agree_ending, ask_ending, refuse_ending
from payments.actions.new_details import (
    CASE,
    address_of,
    agree_new_details,
    ask_new_details,
    refuse_new_details,
)
from payments.actions.refunds import REFUSED
from payments.forms import EndingForm, HolderForm
from payments.models import Refund
from payments.papers import credit_note_pdf, invoice_pdf
from payments.permissions import can_repair_refund
from payments.queries import (
    credit_notes_of,
    invoices_for,
    live_details,
    live_ending,
    owed_cents,
    refunds,
)
from payments.queries.credit import credits_for, left_of, movements_of
from payments.states import PaymentState, RefundState
from usce.accounts.models import User
from usce.accounts.people import signed_in, signs_in_again
from usce.cases.desk import line_on
from usce.errors import Refused
from usce.money import Money
from usce.permissions import require

MOVEMENTS = 100
MOVING = ("ask", "agree", "end", "agree_end")
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


@require_GET
def credit(request: HttpRequest) -> HttpResponse:
    """What the person chose to keep here, how it moved, and the way back to the card."""
    return _credit_page(request, signed_in(request))


@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    found = get_object_or_404(credits_for(user), public_id=public_id)
    try:
        refund = send_back_credit(found, actor=user, now=timezone.now())
    except Refused as refused:
        return _credit_page(request, user, sentence=refused.sentence, status=409)
    messages.success(request, f"{Money(refund.amount_cents)} is on its way back to the card.")
    return redirect("payments:credit")


def _credit_page(
    request: HttpRequest, user: User, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    kept = list(credits_for(user))
    context = {
        "credits": [one for one in kept if one.left_cents],
        "left_cents": left_of(kept),
        "movements": movements_of(kept[0].party, MOVEMENTS) if kept else [],
        "sentence": sentence,
    }
    return render(request, "payments/credit.html", context, status=status)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """A refund that came back goes another way, one that is refused ends: by two people."""
    user = signed_in(request)
    if not user.is_staff:
        raise Http404
    require(can_repair_refund(user), "People of finance repair refunds.")
    found = get_object_or_404(refunds(), public_id=public_id)
    if request.method == "GET":
        return _refund_page(request, found, HolderForm(), EndingForm())
    step = request.POST.get("step")
    return (_repair_again if step in MOVING else _repair)(request, found, user)


@signs_in_again
def _repair_again(request: HttpRequest, found: Refund, user: User) -> HttpResponse:
    """Who sends money elsewhere has given password or code in the last minutes, or does so now."""
    return _repair(request, found, user)


def _repair(request: HttpRequest, found: Refund, user: User) -> HttpResponse:
    step = request.POST.get("step", "")
    form = HolderForm(request.POST if step == "ask" else None)
    ending_form = EndingForm(request.POST if step == "end" else None)
    take = _take_end if step.endswith("end") else _take_step
    try:
        if said := take(step, found, ending_form if step == "end" else form, user):
            messages.success(request, said)
            return redirect("payments:refund", found.public_id)
    except Refused as refused:
        sentence = refused.sentence
        return _refund_page(request, found, form, ending_form, sentence=sentence, status=409)
    return _refund_page(request, found, form, ending_form, status=422)


def _refund_page(
    request: HttpRequest,
    found: Refund,
    form: HolderForm,
    ending_form: EndingForm,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    is_refused = bool(found.refusals) and found.state == RefundState.PENDING
    ending = live_ending(found)
    context = {
        "refund": found,
        "details": live_details(found),
        "address": address_of(found.payment.payer),
        "form": form,
        "ending": ending,
        "ending_form": ending_form,
        "owed_cents": owed_cents(found) if is_refused else 0,
        "is_refused": is_refused,
        "sentence": sentence,
        "is_failed": found.state == RefundState.FAILED and not hasattr(found, "replaced_by"),
        "line": line_on(REFUSED if found.refusals else CASE, found, request, timezone.now()),
    }
    return render(request, "payments/refund.html", context, status=status)


def _take_step(step: str, found: Refund, form: Form, user: User) -> str:
    """What was done; empty when what was sent is no step, or its form is wrong."""
    details, now = live_details(found), timezone.now()
    if step == "ask" and form.is_valid():
        ask_new_details(found, holder=form.cleaned_data["holder"], actor=user, now=now)
        return "Written down. Another person of finance has to agree."
    if step == "agree" and details is not None:
        agree_new_details(details, actor=user, now=now)
        return "Stripe writes to the payer and asks where the money shall go."
    if step == "refuse" and details is not None:
        refuse_new_details(details, actor=user, now=now)
        return "Taken back."
    return ""


def _take_end(step: str, found: Refund, form: Form, user: User) -> str:
    ending, now = live_ending(found), timezone.now()
    if step == "end" and form.is_valid():
        ask_ending(found, words=form.cleaned_data["words"], actor=user, now=now)
        return "Written down. Another person of finance has to agree."
    if step == "agree_end" and ending is not None:
        agree_ending(ending, actor=user, now=now)
        return "The refund is over, and the payer is told."
    if step == "refuse_end" and ending is not None:
        refuse_ending(ending, actor=user, now=now)
        return "Taken back. Stripe is asked again."
    return ""
