"""The first screen: through the mailed door into the team, or without an invitation."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rotations.providers.actions import (
    INVITATION_SCOPE,
    INVITATION_SUBJECT,
    InvitationEnded,
    accept_invitation,
    found_provider,
)
from rotations.providers.forms import AccountForm, FoundForm, JoinForm
from rotations.providers.models import Invitation, Member
from rotations.providers.pages import LABELS, Step
from rotations.providers.permissions import can_found_provider
from rotations.providers.queries import invitation_with
from usce.accounts.actions import register_invited
from usce.accounts.entrance import enter_with_password
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.accounts.queries import account_of
from usce.errors import Refused
from usce.links.actions import use
from usce.links.models import Grant
from usce.links.queries import find
from usce.permissions import require

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
FIRST = [Step(label, "", "current" if n == 0 else "next") for n, label in enumerate(LABELS)]


@login_not_required
@never_cache
@GET_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who asks and uses nothing up; POST joins the team, once."""
    now = timezone.now()
    grant = find(token, scope=INVITATION_SCOPE, now=now)
    invitation = _behind(grant)
    if grant is None or invitation is None:
        return render(request, "providers/invitation_ended.html", status=410)
    person = request.user if isinstance(request.user, User) else None
    if turned := _turned_away(request, person, invitation):
        return turned
    form = _form(request, person, invitation)
    if not form.is_valid():
        return _page(request, invitation, form=form, status=422 if form.errors else 200)
    try:
        joined = _join(request, grant, invitation, person, form, now)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _page(request, invitation, form=form, status=409)
    if person is None:
        enter_with_password(request, joined.user)
    messages.success(request, f"You are in the team of {joined.provider.name}.")
    return redirect("console:provider-home", joined.provider.slug)


@GET_POST
def found(request: HttpRequest) -> HttpResponse:
    """Whoever has an account may begin; nothing is public before our staff have looked."""
    user = signed_in(request)
    require(can_found_provider(user), "Staff list no rotations.")
    form, status = FoundForm(request.POST or None), 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = found_provider(told["name"], title=told["title"], actor=user, now=timezone.now())
            return redirect("providers:place", made.slug)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif form.errors:
        status = 422
    return render(request, "providers/found.html", {"form": form, "steps": FIRST}, status=status)


def _behind(grant: Grant | None) -> Invitation | None:
    if grant is None or grant.subject_type != INVITATION_SUBJECT:
        return None
    return invitation_with(grant.subject_id)


def _turned_away(
    request: HttpRequest, person: User | None, invitation: Invitation
) -> HttpResponse | None:
    """Somebody else is signed in, or the person asked has an account and is not."""
    if person is None and account_of(invitation.email):
        return _page(request, invitation, "sign_in")
    if person is not None and not _is_asked(person, invitation):
        return _page(request, invitation, "wrong_person", status=403)
    return None


def _form(request: HttpRequest, person: User | None, invitation: Invitation) -> JoinForm:
    data = request.POST or None
    return JoinForm(data) if person else AccountForm(data, email=invitation.email)


def _is_asked(person: User, invitation: Invitation) -> bool:
    return not person.is_staff and person.email.lower() == invitation.email.lower()


def _join(
    request: HttpRequest,
    grant: Grant,
    invitation: Invitation,
    person: User | None,
    form: JoinForm,
    now: datetime,
) -> Member:
    """Account, link and team in one transaction, or none of them."""
    told = form.cleaned_data
    with transaction.atomic():
        if not use(grant, now=now):
            raise InvitationEnded("This invitation was accepted or taken back already.")
        user = person or register_invited(
            invitation.email,
            told["password"],
            full_name=told["full_name"],
            ip_address=request.META.get("REMOTE_ADDR"),
            now=now,
        )
        return accept_invitation(invitation, title=told["title"], actor=user, now=now)


def _page(
    request: HttpRequest,
    invitation: Invitation,
    why: str = "",
    *,
    form: JoinForm | None = None,
    status: int = 200,
) -> HttpResponse:
    query = urlencode({"next": request.path})
    context = {
        "invitation": invitation,
        "provider": invitation.provider,
        "why": why,
        "form": form,
        "steps": FIRST,
        "login_url": f"{reverse('account_login')}?{query}",
    }
    return render(request, "providers/invitation.html", context, status=status)
