"""Staff for trust: what keeps a person's data from erasure, and closing an account."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rotations.console.forms import HoldForm
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require
from usce.rights.actions import cancel_erasure, lift_hold, place_hold, plan_erasure
from usce.rights.models import ErasureCause, LegalHold
from usce.rights.permissions import can_hold, can_plan_erasure
from usce.rights.portability import holds_of
from usce.rights.queries import legal_holds_of, open_erasure

ONLY_TRUST = "Trust decides what is kept."


@require_GET
def person_data(request: HttpRequest, public_id: str) -> HttpResponse:
    actor, person = _looked_up(request, public_id)
    return _page(request, actor, person, HoldForm())


@require_POST
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    actor, person = _looked_up(request, public_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, person, form, status=422)
    told = form.cleaned_data
    try:
        place_hold(
            person,
            reason=told["reason"],
            ends_on=told["ends_on"],
            actor=actor,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _page(request, actor, person, form, status=409)
    messages.success(request, "The data are kept until that day.")
    return redirect("console:person-data", public_id)


@require_POST
def lift(request: HttpRequest, public_id: str) -> HttpResponse:
    actor = _trust(request)
    found = get_object_or_404(LegalHold.objects.select_related("user"), public_id=public_id)
    lift_hold(found, actor=actor, now=timezone.now())
    messages.success(request, "The hold is lifted.")
    return redirect("console:person-data", found.user.public_id)


@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """The passport shows that the person is under 18."""
    actor, person = _looked_up(request, public_id)
    plan_erasure(person, actor=actor, now=timezone.now(), cause=ErasureCause.UNDER_18)
    messages.success(request, "The account is closed; its data go in two weeks.")
    return redirect("console:person-data", public_id)


@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    actor, person = _looked_up(request, public_id)
    cancel_erasure(person, actor=actor, now=timezone.now())
    messages.success(request, "The account stays.")
    return redirect("console:person-data", public_id)


def _trust(request: HttpRequest) -> User:
    """404 to everybody but staff; 403 to staff who decide nothing of this."""
    actor = signed_in(request)
    if not actor.is_staff:
        raise Http404
    require(can_hold(actor), ONLY_TRUST)
    return actor


def _looked_up(request: HttpRequest, public_id: str) -> tuple[User, User]:
    return _trust(request), get_object_or_404(User, public_id=public_id)


def _page(
    request: HttpRequest, actor: User, person: User, form: HoldForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "today": now.date(),
        "holds": legal_holds_of(person),
        "reasons": holds_of(person, now),
        "erasure": open_erasure(person),
        "may_close": can_plan_erasure(actor, person),
    }
    return render(request, "console/person_data.html", context, status=status)
