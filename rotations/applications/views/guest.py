"""Applying begins without an account; the account comes last, with the names."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.views import SignupView
from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from applicants.profiles.forms import FactsForm
from applicants.profiles.queries import still_asked
from rotations.applications.forms import BeginForm, YouForm, initial_of
from rotations.applications.guests import Begun, begun_for, forget_begun, keep_begun
from rotations.applications.handlers import adopt_begun, other_words
from rotations.applications.queries import asked_facts
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.queries import rotation_for, upcoming_openings
from rotations.catalog.verdicts import stay_of, verdict_on
from rotations.eligibility.queries import person_of
from rotations.eligibility.rules import Verdict, VerdictOutcome
from usce.accounts.people import signed_in
from usce.errors import Refused

GUEST = AnonymousUser()
NOTHING_BEGUN = (
    "Choose your dates first. What one begins without an account is kept for fourteen days, "
    "in the browser in which it was begun."
)


def begin(request: HttpRequest, rotation: Rotation) -> HttpResponse:
    """Dates, the facts that the listing still needs, and words, kept in the session."""
    told = request.session.get("facts", {})
    today = timezone.now().astimezone(ZoneInfo(rotation.site.time_zone)).date()
    data = request.POST if request.method == "POST" else None
    begun = begun_for(request.session, rotation.public_id)
    form = BeginForm(
        data,
        initial=initial_of(None, begun, request.GET.get("opening", "")),
        openings=upcoming_openings(rotation, today),
    )
    facts = FactsForm(data, initial=told, fields=_still_asked(rotation, told))
    if data is not None and form.is_valid() and facts.is_valid():
        known = told | facts.given()
        verdict = _keep(request.session, rotation, form.cleaned_data, known, today)
        if verdict.outcome != VerdictOutcome.CANNOT_APPLY:
            return redirect("applications:you", rotation.public_id)
        form.add_error(None, verdict.sentence)
    context = {"rotation": rotation, "form": form, "facts": facts}
    status = 422 if form.errors or facts.errors else 200
    return render(request, "applications/begin.html", context, status=status)


def _still_asked(rotation: Rotation, told: dict[str, Any]) -> list[str]:
    asked = still_asked(GUEST, asked_facts(rotation, timezone.now()))
    return [name for name in asked if told.get(name) is None]


def _keep(
    session: SessionBase,
    rotation: Rotation,
    chosen: dict[str, Any],
    known: dict[str, Any],
    today: date,
) -> Verdict:
    """Dates, words and facts, whatever the rules say to them; gives what the rules say."""
    opening: Opening = chosen["opening"]
    session["facts"] = known
    keep_begun(session, Begun(rotation.public_id, opening.public_id, chosen["statement"]))
    return verdict_on(rotation, stay_of(opening, today), person_of(GUEST, known))


class You(SignupView):  # type: ignore[misc]  # allauth leaves this class untyped
    """Names and account on one page; what was begun waits in the session meanwhile."""

    template_name = "applications/you.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rotation_id = kwargs["rotation_id"]
        if request.user.is_authenticated:
            return redirect("applications:go-on", rotation_id)
        self.rotation = rotation_for(GUEST, rotation_id)
        if begun_for(request.session, rotation_id) is None:
            messages.info(request, NOTHING_BEGUN)
            return redirect("applications:apply", rotation_id)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_form_class(self) -> type[forms.Form]:
        return YouForm

    def get_success_url(self) -> str:
        return reverse("applications:go-on", args=[self.rotation.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        after = urlencode({"next": self.get_success_url()})
        context: dict[str, Any] = super().get_context_data(**kwargs)
        login_url = f"{reverse('account_login')}?{after}"
        return context | {"rotation": self.rotation, "login_url": login_url}


@require_GET
def go_on(request: HttpRequest, rotation_id: str) -> HttpResponse:
    """Signed in at last: what was begun becomes a draft, to be looked over and sent.

    Writes on GET on purpose: sign-in ends with a redirect, and only the person's own session says
    what is written. A second visit finds nothing left to do.
    """
    user = signed_in(request)
    rotation = rotation_for(user, rotation_id)
    begun = begun_for(request.session, rotation_id)
    if begun is None:
        return redirect("applications:apply", rotation_id)
    try:
        draft = adopt_begun(begun, rotation, user=user, now=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("applications:apply", rotation_id)
    if other_words(draft, begun):
        messages.info(request, f"You have {draft.reference} for this rotation already. Here it is.")
        return redirect("applications:apply", rotation_id)
    forget_begun(request.session, rotation_id)
    if draft.statement != begun.statement or draft.opening.public_id != begun.opening:
        messages.info(request, f"You have {draft.reference} for this rotation already. Here it is.")
    return redirect("applications:send", draft.public_id)
