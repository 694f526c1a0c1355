from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from applicants.profiles.actions import save_facts
from applicants.profiles.forms import QUESTIONS, FactsForm, NamesForm
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.queries import facts_of, profile_for
from usce.accounts.people import signed_in
from usce.permissions import require


def edit(request: HttpRequest) -> HttpResponse:
    """The person's own facts, all in one place, saved together."""
    user = signed_in(request)
    require(can_keep_profile(user, user), "Staff accounts have no applicant profile.")
    profile = profile_for(user)
    names = NamesForm(
        request.POST or None,
        initial={
            "given_name": profile.given_name if profile else "",
            "family_name": profile.family_name if profile else "",
        },
    )
    facts = FactsForm(request.POST or None, initial=facts_of(profile), fields=QUESTIONS)
    if request.method == "POST" and names.is_valid() and facts.is_valid():
        save_facts(user, names.cleaned_data | facts.facts(), actor=user, now=timezone.now())
        messages.success(request, "Your profile is saved.")
        return redirect("profiles:edit")
    context = {"names": names, "facts_form": facts}
    status = 422 if names.errors or facts.errors else 200
    return render(request, "profiles/edit.html", context, status=status)
