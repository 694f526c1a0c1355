"""The learner's own requests for letters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rotations.applications.queries import own_applications
from rotations.bookings.queries import booked_at
from rotations.letters.actions import ask_for_letter, confirm_letter, share_packet, withdraw_letter
from rotations.letters.forms import ShareForm
from rotations.letters.models import Letter
from rotations.letters.pages import ask_page, letter_page, tab_page
from rotations.letters.queries import letters_for, sharable
from rotations.placements.models import Placement
from rotations.placements.queries import placement_of, placements_for
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.limits.actions import TooOften


@require_GET
def of_application(request: HttpRequest, public_id: str) -> HttpResponse:
    application = get_object_or_404(own_applications(signed_in(request)), public_id=public_id)
    placement = placement_of(application)
    if placement is not None:
        return redirect("letters:of-placement", placement.public_id)
    if booked_at(application) is None:
        raise Http404
    return redirect("placements:of-application", public_id)


@require_GET
def of_placement(request: HttpRequest, public_id: str) -> HttpResponse:
    placement = _placement(request, public_id)
    return render(request, "letters/letters.html", tab_page(placement, timezone.now()))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """With `?like=` an earlier request of hers, all but the signed choice is filled in."""
    user, now, placement = signed_in(request), timezone.now(), _placement(request, public_id)
    like = letters_for(user).filter(public_id=request.GET.get("like", "")).first()
    data, status = request.POST if request.method == "POST" else None, 200
    context = ask_page(placement, user, now, data=data, like=like)
    form = context["form"]
    if data is not None and form.is_valid():
        try:
            letter = ask_for_letter(placement, form.wish(), actor=user, now=now)
            messages.success(request, f"{letter.writer_name} is asked by mail.")
            return redirect("letters:detail", letter.public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 429 if isinstance(refused, TooOften) else 409
    elif data is not None:
        status = 422
    return render(request, "letters/ask.html", context, status=status)


@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return render(request, "letters/letter.html", letter_page(_mine(request, public_id)))


@require_POST
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    user, letter = signed_in(request), _mine(request, public_id)
    form = ShareForm(request.POST, letter=letter, shares=sharable(user))
    if not form.is_valid():
        return render(request, "letters/letter.html", letter_page(letter, form), status=422)
    told = form.cleaned_data

    def keep(actor: User, now: datetime) -> Any:
        return share_packet(letter, told["shares"], told["letter_id"], actor=actor, now=now)

    return _done(request, letter, keep, "What the writer sees is changed.")


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    letter = _mine(request, public_id)

    def take_back(actor: User, now: datetime) -> Any:
        return withdraw_letter(letter, actor=actor, now=now)

    return _done(request, letter, take_back, "The request is withdrawn; the writer is told.")


@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    letter = _mine(request, public_id)

    def said(actor: User, now: datetime) -> Any:
        return confirm_letter(letter, actor=actor, now=now)

    return _done(request, letter, said, "Noted: the letter is there.")


def _done(
    request: HttpRequest, letter: Letter, step: Callable[[User, datetime], Any], said: str
) -> HttpResponse:
    """Take the step and go back to the request; refused, it is shown as it is by now."""
    try:
        step(signed_in(request), timezone.now())
    except Refused as refused:
        context = letter_page(_mine(request, letter.public_id)) | {"sentence": refused.sentence}
        return render(request, "letters/letter.html", context, status=409)
    messages.success(request, said)
    return redirect("letters:detail", letter.public_id)


def _placement(request: HttpRequest, public_id: str) -> Placement:
    return get_object_or_404(placements_for(signed_in(request)), public_id=public_id)


def _mine(request: HttpRequest, public_id: str) -> Letter:
    return get_object_or_404(letters_for(signed_in(request)), public_id=public_id)
