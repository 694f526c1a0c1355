from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.profiles.actions import ask_enrolment, save_school
from applicants.profiles.forms import ContactForm, FactsForm, SchoolForm
from applicants.profiles.models import EnrolmentRequest
from applicants.profiles.queries import (
    OF_SCHOOL,
    facts_of,
    last_enrolment,
    may_ask_enrolment,
    open_enrolment,
    profile_for,
)
from applicants.profiles.views.own import own_profile
from usce.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def school(request: HttpRequest) -> HttpResponse:
    """The school, and what it said or has been asked."""
    user = own_profile(request)
    profile = profile_for(user)
    kept = {"school_name": profile.school_name} if profile else {}
    form = SchoolForm(request.POST or None, initial=kept)
    facts = FactsForm(request.POST or None, initial=facts_of(profile), fields=OF_SCHOOL)
    if request.method == "POST" and form.is_valid() and facts.is_valid():
        save_school(user, form.cleaned_data | facts.facts(), actor=user, now=timezone.now())
        messages.success(request, "Your school is saved.")
        return redirect("profiles:school")
    context = {
        "form": form,
        "facts_form": facts,
        "profile": profile,
        "asked": last_enrolment(profile),
        "may_ask": may_ask_enrolment(profile),
    }
    status = 422 if form.errors or facts.errors else 200
    return render(request, "profiles/school.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Name who may speak for the school; the same person again gets a new link."""
    user, now = own_profile(request), timezone.now()
    profile = profile_for(user)
    if profile is None or not profile.school_name:
        messages.info(request, "Name your medical school first.")
        return redirect("profiles:school")
    asked = open_enrolment(profile)
    form = ContactForm(request.POST or None, initial=_contact(asked))
    if request.method == "POST" and form.is_valid():
        try:
            ask_enrolment(user, form.cleaned_data, actor=user, now=now)
        except Refused as refused:
            form.add_error("email", refused.sentence)
        else:
            messages.success(request, f"The question to {form.cleaned_data['name']} is on its way.")
            return redirect("profiles:school")
    context = {"form": form, "profile": profile, "asked": asked}
    return render(request, "profiles/confirm.html", context, status=422 if form.errors else 200)


def _contact(asked: EnrolmentRequest | None) -> dict[str, Any]:
    if asked is None:
        return {}
    return {
        "name": asked.contact_name,
        "role": asked.contact_role,
        "email": asked.contact_email,
    }
