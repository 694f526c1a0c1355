from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from payments.queries import invoices_for
from payments.states import PaymentState
from usce.accounts.people import signed_in


@require_GET
def invoice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was owed and how it was paid: a receipt to print once it is."""
    user = signed_in(request)
    found = get_object_or_404(invoices_for(user), public_id=public_id)
    payments = found.payments.filter(state=PaymentState.SUCCEEDED).select_related("payer")
    context = {
        "invoice": found,
        "lines": found.lines.select_related("payee"),
        "payments": payments.prefetch_related("refunds__credit_note", "refunds__replaced_by"),
    }
    return render(request, "payments/invoice.html", context)
