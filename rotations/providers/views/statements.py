"""The team's statements: a month each, as PDF and CSV, to the cent what the ledger says."""

from collections.abc import Iterator
from datetime import UTC, date
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from payments.models import Party
from payments.papers import statement_pdf
from payments.queries.statements import Balance, Statement, lines_of, statement_of, statements_of
from rotations.providers.models import Provider
from rotations.providers.views.payouts import seen
from usce.render.sheet import Cell, csv_lines

HEAD = ("day", "what", "for", "note", "held", "on_its_way", "owed", "balance")


@require_GET
def statements(request: HttpRequest, provider_slug: str) -> HttpResponse:
    provider = seen(request, provider_slug)
    found = statements_of(provider.party, timezone.now())
    return render(request, "providers/statements.html", {"provider": provider, "statements": found})


@require_GET
def statement_paper(request: HttpRequest, provider_slug: str, month: str) -> HttpResponse:
    provider, found = _found(request, provider_slug, month)
    name = f"statement-{provider.slug}-{month}.pdf"
    return HttpResponse(
        statement_pdf(found, provider.party),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
def statement_table(request: HttpRequest, provider_slug: str, month: str) -> StreamingHttpResponse:
    """In dollars; the columns of changes add up to their closing balances."""
    provider, found = _found(request, provider_slug, month)
    name = f"statement-{provider.slug}-{month}.csv"
    return StreamingHttpResponse(
        csv_lines(HEAD, _rows(found, provider.party)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _found(request: HttpRequest, slug: str, month: str) -> tuple[Provider, Statement]:
    provider = seen(request, slug)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    found = statement_of(provider.party, first, timezone.now())
    if found is None:
        raise Http404
    return provider, found


def _rows(statement: Statement, party: Party) -> Iterator[list[Cell]]:
    balance = statement.opening
    yield [statement.month, "Opening balance", "", "", *_dollars(balance, balance)]
    for line in lines_of(party, statement.month):
        balance += line.change
        day = line.at.astimezone(UTC).date()
        yield [day, line.what, line.label, line.note, *_dollars(line.change, balance)]


def _dollars(change: Balance, balance: Balance) -> list[Decimal]:
    sums = (change.held, change.due, change.owed, balance.total)
    return [Decimal(cents).scaleb(-2) for cents in sums]
