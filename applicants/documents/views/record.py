"""The immunization form: sections with what counts, what is missing and when the next is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applicants.documents.actions import forget_line
from applicants.documents.forms import LineForm
from applicants.documents.handlers import tell_record
from applicants.documents.kinds import DocumentKind
from applicants.documents.lines import ABOUT, What
from applicants.documents.models import ImmunizationLine
from applicants.documents.permissions import can_add_document
from applicants.documents.queries import (
    birth_date_of,
    is_consent_missing,
    record_of,
    standings_of,
)
from applicants.documents.rules.record import Standing, State
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require

STAFF_HAVE_NONE = "Staff accounts hold no papers."


@dataclass(frozen=True)
class Section:
    standing: Standing
    lines: Sequence[ImmunizationLine]
    adders: Sequence[What]


@require_safe
def immunizations(request: HttpRequest) -> HttpResponse:
    """The whole record on one page."""
    user = _owner(request)
    lines, born_on, today = [*record_of(user)], birth_date_of(user), timezone.now().date()
    found = standings_of(lines, born_on=born_on, today=today)
    sections = [_section(one, lines) for one in found]
    wanted = [one for one in found if one.state != State.OPTIONAL]
    context = {
        "sections": sections,
        "lines": lines,
        "proved": sum(line.paper_id is not None for line in lines),
        "complete": sum(one.is_complete for one in wanted),
        "wanted": len(wanted),
        "next": _next(wanted, today) if lines else None,
        "knows_birth_date": born_on is not None,
    }
    return render(request, "documents/record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_lines(request: HttpRequest, what: str) -> HttpResponse:
    """One kind of dose, test or exam, with its days."""
    user = _owner(request)
    if what not in What.values:
        raise Http404
    kind, status = What(what), 200
    asks = is_consent_missing(user, DocumentKind.IMMUNIZATIONS)
    form = LineForm(request.POST or None, what=kind, asks_consent=asks)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            address, now = request.META.get("REMOTE_ADDR"), timezone.now()
            try:
                tell_record(
                    kind, form.days(), form.cleaned_data, owner=user, ip_address=address, now=now
                )
            except Refused as refused:
                form.add_error("day1", refused.sentence)
                status = 409
            else:
                messages.success(request, f"{kind.label}: saved.")
                item = ABOUT[kind].item
                return redirect(f"{reverse('documents:immunizations')}#{item}")
    context = {"form": form, "what": kind, "item": ABOUT[kind].item}
    return render(request, "documents/record_add.html", context, status=status)


@require_POST
def remove_line(request: HttpRequest, public_id: str) -> HttpResponse:
    user = _owner(request)
    line = get_object_or_404(record_of(user), public_id=public_id)
    item = ABOUT[line.what].item
    forget_line(line, actor=user, now=timezone.now())
    messages.success(request, f"{line.get_what_display()}: removed.")
    return redirect(f"{reverse('documents:immunizations')}#{item}")


def _owner(request: HttpRequest) -> User:
    user = signed_in(request)
    require(can_add_document(user), STAFF_HAVE_NONE)
    return user


def _section(standing: Standing, lines: Sequence[ImmunizationLine]) -> Section:
    return Section(
        standing,
        [line for line in lines if ABOUT[line.what].item == standing.item],
        [What(what) for what, about in ABOUT.items() if about.item == standing.item],
    )


def _next(wanted: Sequence[Standing], today: date) -> Standing | None:
    """Of what is missing the one that can be done soonest, in the form's order."""
    missing = [one for one in wanted if one.state == State.MISSING]
    return min(missing, key=lambda one: max(one.not_before or today, today), default=None)
