from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.providers.actions import invite_provider
from rotations.providers.forms import InviteProviderForm
from rotations.providers.permissions import can_invite_provider
from usce.accounts.people import signed_in
from usce.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Open a draft for an organization and mail its first owner the way in."""
    user = signed_in(request)
    require(can_invite_provider(user), "Verifiers invite organizations.")
    form = InviteProviderForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "providers/invite_provider.html", {"form": form}, status=status)
    told = form.cleaned_data
    invite_provider(told["name"], told["email"], actor=user, now=timezone.now())
    messages.success(request, f"The invitation to {told['email']} is on its way.")
    return redirect("providers:invite-provider")
