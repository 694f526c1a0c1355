from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import QUESTIONS, FactsForm, NamesForm
from applicants.profiles.queries import (
    OF_SCHOOL,
    decided_by_attempts,
    facts_of,
    names_of,
    profile_for,
)
from applicants.profiles.views.own import own_profile


@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest) -> HttpResponse:
    """Names and the facts that listings ask for; what her attempts say is not asked again."""
    user = own_profile(request)
    profile, decided = profile_for(user), decided_by_attempts(user)
    asked = [name for name in QUESTIONS if name not in (*decided, *OF_SCHOOL)]
    names = NamesForm(request.POST or None, initial=names_of(profile))
    form = FactsForm(request.POST or None, initial=facts_of(profile), fields=asked)
    if request.method == "POST" and names.is_valid() and form.is_valid():
        save_facts(user, names.cleaned_data | form.facts(), actor=user, now=timezone.now())
        messages.success(request, "Your facts are saved.")
        return redirect("profiles:edit")
    context = {"names": names, "facts_form": form, "decided": decided}
    status = 422 if names.errors or form.errors else 200
    return render(request, "profiles/facts.html", context, status=status)
