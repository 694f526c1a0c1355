from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import PASSPORT_COLUMNS, save_passport
from applicants.profiles.forms import PassportForm
from applicants.profiles.models import Passport
from applicants.profiles.queries import passport_of, profile_for
from applicants.profiles.views.own import own_profile


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passport(request: HttpRequest) -> HttpResponse:
    """Private facts; the number that is kept is never shown again."""
    user, now = own_profile(request), timezone.now()
    kept = passport_of(profile_for(user))
    form = PassportForm(
        request.POST or None,
        initial=_initial(kept),
        now=now,
        number_end=kept.number_end if kept else "",
    )
    if request.method == "POST" and form.is_valid():
        save_passport(user, form.told(), actor=user, now=now)
        messages.success(request, "Your passport facts are saved.")
        return redirect("profiles:edit")
    status = 422 if form.errors else 200
    return render(request, "profiles/passport.html", {"form": form}, status=status)


def _initial(kept: Passport | None) -> dict[str, Any]:
    return (
        {name: getattr(kept, column) for name, column in PASSPORT_COLUMNS.items()} if kept else {}
    )
