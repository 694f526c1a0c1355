"""Where the team sees its money, and says where it goes."""

from datetime import UTC

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from payments.actions.accounts import choose_remittance, open_payout_account, refresh_account
from payments.gateway import PaymentsUnavailable
from payments.models import Method, Payout, PayoutAccount
from payments.queries.payouts import account_of, balance_with, paid_to, transfers_to
from rotations.providers.forms import RemitForm
from rotations.providers.models import Provider
from rotations.providers.permissions import can_see_payouts
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.accounts.people import signed_in, signs_in_again
from usce.paging import next_url, page_of
from usce.permissions import require
from usce.render.sheet import Cell, csv_lines

HEAD = ("paid_on", "for", "tranche", "amount_cents", "taken_back_cents", "reference")
SEEN = "Owners and finance see the money."


@require_GET
def payouts(request: HttpRequest, provider_slug: str) -> HttpResponse:
    provider = seen(request, provider_slug)
    account = account_of(provider.party)
    if account is not None and "back" in request.GET:
        account = _heard(request, account)
    return _page(request, provider, account, RemitForm())


@require_POST
def onboard(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Off to Stripe's own page."""
    user, provider = signed_in(request), seen(request, provider_slug)
    return _to_stripe(request, user, provider)


@require_POST
def remit(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """The hospital's treasury takes bank transfers instead."""
    user, provider = signed_in(request), seen(request, provider_slug)
    form = RemitForm(request.POST)
    if not form.is_valid():
        return _page(request, provider, account_of(provider.party), form, status=422)
    return _to_treasury(request, user, provider, form.cleaned_data["remit_to"])


@signs_in_again
def _to_stripe(request: HttpRequest, user: User, provider: Provider) -> HttpResponse:
    """Who has not given password or code in the last minutes does so first, then goes on."""
    path = f"/p/{provider.slug}/payouts"
    url = open_payout_account(provider.party, return_path=path, actor=user, now=timezone.now())
    return HttpResponseRedirect(url)


@signs_in_again
def _to_treasury(
    request: HttpRequest, user: User, provider: Provider, remit_to: str
) -> HttpResponse:
    choose_remittance(provider.party, remit_to=remit_to, actor=user, now=timezone.now())
    messages.success(request, "Our finance staff calls your treasury for the bank details.")
    return redirect("providers:payouts", provider.slug)


@require_GET
def paid_out(request: HttpRequest, provider_slug: str) -> StreamingHttpResponse:
    """Everything that was paid out, as CSV."""
    provider = seen(request, provider_slug)
    rows = (_row(payout) for payout in paid_to(provider.party))
    response = StreamingHttpResponse(csv_lines(HEAD, rows), content_type="text/csv; charset=utf-8")
    name = f"payouts-{provider.slug}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _row(payout: Payout) -> list[Cell]:
    transfer = payout.transfer
    paid_on = payout.paid_at.astimezone(UTC).date() if payout.paid_at else ""
    reference = payout.bank_reference or payout.stripe_transfer_id
    return [
        *(paid_on, transfer.label, transfer.tranche),
        *(payout.amount_cents, transfer.reversed_cents, reference),
    ]


def _heard(request: HttpRequest, account: PayoutAccount) -> PayoutAccount:
    """Back from Stripe's page: ask how it stands, without waiting for the webhook."""
    try:
        return refresh_account(account, now=timezone.now())
    except PaymentsUnavailable:
        messages.info(request, "Stripe does not answer at the moment. We ask again by ourselves.")
        return account


def seen(request: HttpRequest, slug: str) -> Provider:
    """The provider to those of its team who see its money; 403 to the others of the team."""
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_see_payouts(user, provider), SEEN)
    return provider


def _page(
    request: HttpRequest,
    provider: Provider,
    account: PayoutAccount | None,
    form: RemitForm,
    *,
    status: int = 200,
) -> HttpResponse:
    page = page_of(transfers_to(provider.party), request.GET.get("after", ""))
    context = {
        "provider": provider,
        "details": account,
        "is_connect": account is not None and account.method == Method.CONNECT,
        "balance": balance_with(provider.party),
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "form": form,
    }
    return render(request, "providers/payouts.html", context, status=status)
