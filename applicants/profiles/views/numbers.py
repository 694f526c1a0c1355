from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import NumbersForm
from applicants.profiles.queries import DETAILS, profile_for
from applicants.profiles.views.own import own_profile


@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest) -> HttpResponse:
    user = own_profile(request)
    profile = profile_for(user)
    initial = {name: getattr(profile, name) for name in DETAILS} if profile else {}
    form = NumbersForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_facts(user, form.cleaned_data, actor=user, now=timezone.now())
        messages.success(request, "Your numbers are saved.")
        return redirect("profiles:edit")
    status = 422 if form.errors else 200
    return render(request, "profiles/numbers.html", {"form": form}, status=status)
