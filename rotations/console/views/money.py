"""The books and the money on its way, for finance."""

from contextlib import ExitStack
from datetime import date
from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from payments.actions.close import close_month
from payments.actions.disputes import pack_of, submit_dispute
from payments.actions.events import replay_event
from payments.actions.payouts import approve_remittance, record_remittance, retry_payout
from payments.actions.reconcile import approve_repair, explain_difference, propose_repair
from payments.actions.reversals import retry_reversal
from payments.models import Account, Payout
from payments.permissions import can_see_money
from payments.queries import balances, books, failed_refunds, stripe_events
from payments.queries import payouts as on_the_way
from payments.queries.disputes import disputes, live_disputes
from payments.states import DifferenceState, DisputeState, EventState, TransferState
from rotations.console.forms import (
    ExplainForm,
    RebuttalForm,
    RemittanceForm,
    RepairForm,
)
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.paging import next_url, page_of
from usce.permissions import require
from usce.render.sheet import csv_lines, write_xlsx

MOST = 25
LEDGER = ("at", "kind", "key", "account", "party", "amount_cents")


def _finance(request: HttpRequest) -> User:
    user = signed_in(request)
    require(can_see_money(user), "Staff of finance see the books.")
    return user


@require_GET
def money(request: HttpRequest) -> HttpResponse:
    """What waits for a decision about money, and how the books stand."""
    _finance(request)
    now = timezone.now()
    context = {
        "failed_refunds": failed_refunds()[:MOST],
        "disputes": live_disputes()[:MOST],
        "remittances": [
            (payout, RemittanceForm(auto_id=f"{payout.public_id}_%s"))
            for payout in on_the_way.remittances()[:MOST]
        ],
        "failed_payouts": on_the_way.failed_payouts()[:MOST],
        "waiting_payouts": on_the_way.waiting_payouts()[:MOST],
        "debts": on_the_way.failed_reversals()[:MOST],
        "differences": books.open_differences()[:MOST],
        "on_their_way": books.on_their_way(),
        "calls": on_the_way.waiting_calls()[:MOST],
        "balances": books.named(balances()),
        "closable": books.closable_month(now),
        "closed": books.closed_months()[:12],
        "unclaimed": books.unclaimed(now),
    }
    return render(request, "console/money.html", context)


@require_GET
def tranches(request: HttpRequest) -> HttpResponse:
    """Every tranche that providers were promised: scheduled, kept back, released, taken back."""
    _finance(request)
    state = request.GET.get("state", "")
    page = page_of(on_the_way.all_transfers(state), request.GET.get("after", ""))
    context = {
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "state": state,
        "tabs": [("", "All"), *((s.value, TRANCHE_WORDS[s]) for s in TransferState)],
    }
    return render(request, "console/tranches.html", context)


TRANCHE_WORDS = {
    TransferState.SCHEDULED: "Scheduled",
    TransferState.HELD: "Kept back",
    TransferState.RELEASED: "Released",
    TransferState.REVERSED: "Taken back",
}


@require_POST
def remittance(request: HttpRequest, public_id: str) -> HttpResponse:
    """One person writes down what the bank was told to send."""
    user = _finance(request)
    form = RemittanceForm(request.POST)
    if form.is_valid():
        record_remittance(_payout(public_id), **form.cleaned_data, actor=user, now=timezone.now())
        messages.success(request, "Written down. Somebody else of finance approves it.")
    else:
        messages.error(request, "Give the bank's reference and the day.")
    return redirect("console:money")


@require_POST
def remittance_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    approve_remittance(_payout(public_id), actor=user, now=timezone.now())
    messages.success(request, "The remittance is paid.")
    return redirect("console:money")


@require_POST
def payout_retry(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    retry_payout(_payout(public_id), actor=user, now=timezone.now())
    messages.success(request, "The payout is tried again.")
    return redirect("console:money")


@require_POST
def debt_retry(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(on_the_way.failed_reversals(), public_id=public_id)
    retry_reversal(found, actor=user, now=timezone.now())
    messages.success(request, "We ask Stripe once more.")
    return redirect("console:money")


@require_GET
def difference(request: HttpRequest, public_id: str) -> HttpResponse:
    return _difference(request, public_id, RepairForm())


@require_POST
def difference_explain(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(books.differences(), public_id=public_id)
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _difference(request, public_id, RepairForm(), status=422)
    explain_difference(found, note=form.cleaned_data["note"], actor=user, now=timezone.now())
    messages.success(request, "The difference is explained.")
    return redirect("console:money")


@require_POST
def difference_repair(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(books.differences(), public_id=public_id)
    form = RepairForm(request.POST)
    if not form.is_valid():
        return _difference(request, public_id, form, status=422)
    told = form.cleaned_data
    propose_repair(
        found,
        account=Account(told["account"]),
        party=None,
        note=told["note"],
        actor=user,
        now=timezone.now(),
    )
    messages.success(request, "Proposed. Somebody else of finance approves it.")
    return redirect("console:difference", public_id)


@require_POST
def difference_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(books.differences(), public_id=public_id)
    repair = get_object_or_404(found.repairs.filter(dropped_at__isnull=True))
    approve_repair(repair, actor=user, now=timezone.now())
    messages.success(request, "The entry is written; the ledger agrees with Stripe here.")
    return redirect("console:money")


@require_GET
def dispute(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evidence as it would be sent now, or as it was sent."""
    _finance(request)
    found = get_object_or_404(disputes(), public_id=public_id)
    is_open = found.state == DisputeState.NEEDS_RESPONSE
    pack = pack_of(found) if is_open else found.pack
    context = {
        "dispute": found,
        "pack": [(_heading(name), text) for name, text in pack.items()],
        "reason": found.reason.replace("_", " "),
        "is_open": is_open,
        "form": RebuttalForm(),
    }
    return render(request, "console/dispute.html", context)


@require_POST
def dispute_submit(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(disputes(), public_id=public_id)
    form = RebuttalForm(request.POST)
    rebuttal = form.cleaned_data["rebuttal"] if form.is_valid() else ""
    submit_dispute(found, rebuttal=rebuttal, actor=user, now=timezone.now())
    messages.success(request, "The bank has our answer.")
    return redirect("console:dispute", public_id)


@require_POST
def month_close(request: HttpRequest, month: str) -> HttpResponse:
    user = _finance(request)
    closed = close_month(_month(month), actor=user, now=timezone.now())
    messages.success(request, f"The books of {closed.month:%B %Y} are closed.")
    return redirect("console:money")


@require_GET
def month_export(request: HttpRequest, month: str) -> StreamingHttpResponse:
    """The month's ledger as CSV, a line an entry, cents with debit positive."""
    _finance(request)
    found = _month(month)
    lines = csv_lines(LEDGER, books.entries_of_month(found))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{found:%Y-%m}.csv"'
    return response


@require_GET
def month_sheet(request: HttpRequest, month: str) -> FileResponse:
    """The same as XLSX; it is written to the disk, never whole in memory."""
    _finance(request)
    found = _month(month)
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        write_xlsx(file, LEDGER, books.entries_of_month(found))
        file.seek(0)
        stack.pop_all()  # from here on the response closes it
    return FileResponse(file, as_attachment=True, filename=f"ledger-{found:%Y-%m}.xlsx")


@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """What Stripe told us, newest first; what failed can be processed again."""
    _finance(request)
    state = request.GET.get("state", "")
    page = page_of(stripe_events(state), request.GET.get("after", ""))
    context = {
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "state": state,
        "tabs": [("", "All"), *((s.value, s.label) for s in EventState)],
        "again": (EventState.FAILED, EventState.IGNORED),
    }
    return render(request, "console/webhooks.html", context)


@require_POST
def webhook_replay(request: HttpRequest, event_id: str) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(stripe_events(""), event_id=event_id)
    replay_event(found, actor=user, now=timezone.now())
    messages.success(request, "The event is processed again.")
    return redirect("console:webhooks")


def _difference(
    request: HttpRequest, public_id: str, form: RepairForm, *, status: int = 200
) -> HttpResponse:
    user = _finance(request)
    found = get_object_or_404(books.differences(), public_id=public_id)
    repair = found.repairs.filter(dropped_at__isnull=True).first()
    context = {
        "difference": found,
        "repair": repair,
        "account_label": Account(repair.account).label if repair else "",
        "is_open": found.state == DifferenceState.OPEN,
        "may_approve": bool(repair and repair.proposed_by_id != user.pk),
        "form": form,
        "explain": ExplainForm(auto_id="explain_%s"),
    }
    return render(request, "console/difference.html", context, status=status)


def _heading(name: str) -> str:
    """Stripe's name of a piece of evidence, in words."""
    return "Receipt" if name == "uncategorized_text" else name.replace("_", " ").capitalize()


def _payout(public_id: str) -> Payout:
    rows = Payout.objects.select_related("payee", "transfer")
    return get_object_or_404(rows, public_id=public_id)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
