"""Team and sites: who may do what, who was asked, where learners go and who supervises."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rotations.providers.actions import (
    ask_preceptor,
    change_role,
    invite_member,
    remove_member,
    revoke_invitation,
    submit_provider,
)
from rotations.providers.forms import InviteForm, RoleForm
from rotations.providers.models import Member, Provider, Role
from rotations.providers.permissions import can_manage_listings, can_manage_team
from rotations.providers.queries import (
    invitations_to,
    members_of,
    preceptors_of,
    provider_for,
    returned_because,
    sites_of,
)
from rotations.providers.views.places import managed
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.permissions import require

OWNERS = "Owners change the team."


@require_GET
def team(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user = signed_in(request)
    return _page(request, user, provider_for(user, provider_slug), InviteForm())


@require_POST
def invite(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user, provider = _owned(request, provider_slug)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, user, provider, form, status=422)
    told = form.cleaned_data
    try:
        invite_member(provider, told["email"], Role(told["role"]), actor=user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _page(request, user, provider, form, status=409)
    messages.success(request, f"The invitation to {told['email']} is on its way.")
    return redirect("providers:team", provider_slug)


@require_POST
def revoke(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, provider = _owned(request, provider_slug)
    found = get_object_or_404(invitations_to(provider), public_id=public_id)
    revoke_invitation(found, actor=user, now=timezone.now())
    messages.success(request, "The invitation is taken back.")
    return redirect("providers:team", provider_slug)


@require_POST
def role(request: HttpRequest, provider_slug: str, person_id: str) -> HttpResponse:
    user, provider = _owned(request, provider_slug)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, user, provider, InviteForm(), status=422)
    chosen = Role(form.cleaned_data["role"])
    change_role(_member(provider, person_id), chosen, actor=user, now=timezone.now())
    messages.success(request, "The role is changed.")
    return redirect("providers:team", provider_slug)


@require_POST
def remove(request: HttpRequest, provider_slug: str, person_id: str) -> HttpResponse:
    user, provider = _owned(request, provider_slug)
    gone = remove_member(_member(provider, person_id), actor=user, now=timezone.now())
    messages.success(request, "The person is no longer in the team.")
    if gone.user_id == user.pk:
        return redirect("console:home")
    return redirect("providers:team", provider_slug)


@require_POST
def ask_again(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """Mail the preceptor a new link to the page on which he says how he is shown."""
    user, provider = managed(request, provider_slug)
    found = get_object_or_404(preceptors_of(provider), public_id=public_id)
    ask_preceptor(found, actor=user, now=timezone.now())
    messages.success(request, "We have written to the preceptor again.")
    return redirect("providers:team", provider_slug)


@require_POST
def submit(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """Hand in again what our staff returned; the first time it goes with the first listing."""
    user, provider = managed(request, provider_slug)
    now = timezone.now()
    ask_second_factor(request, user, now=now)
    submit_provider(provider, actor=user, now=now)
    messages.success(request, f"{provider.name} is with our staff.")
    return redirect("console:provider-home", provider_slug)


def _owned(request: HttpRequest, slug: str) -> tuple[User, Provider]:
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_team(user, provider), OWNERS)
    return user, provider


def _member(provider: Provider, person_id: str) -> Member:
    return get_object_or_404(
        members_of(provider).select_related("provider"), user__public_id=person_id
    )


def _page(
    request: HttpRequest, user: User, provider: Provider, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    may_change = can_manage_team(user, provider)
    context = {
        "provider": provider,
        "members": members_of(provider).order_by("added_at", "id"),
        "invitations": invitations_to(provider) if may_change else [],
        "sites": sites_of(provider),
        "preceptors": preceptors_of(provider),
        "roles": Role.choices,
        "form": form,
        "may_change": may_change,
        "may_list": can_manage_listings(user, provider),
        "returned": returned_because(provider),
    }
    return render(request, "providers/team.html", context, status=status)
