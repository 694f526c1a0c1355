"""The door without a password through which a preceptor answers."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rotations.providers.actions import PRECEPTOR_SCOPE, PRECEPTOR_SUBJECT, answer_shown
from rotations.providers.forms import ShownForm
from rotations.providers.models import Preceptor, Shown
from usce.links.actions import use
from usce.links.models import Grant
from usce.links.queries import find


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preceptor(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the three choices and uses nothing up; POST records one, once."""
    now = timezone.now()
    grant = find(token, scope=PRECEPTOR_SCOPE, now=now)
    if grant is None or grant.subject_type != PRECEPTOR_SUBJECT:
        return render(request, "providers/link_ended.html", status=410)
    person = Preceptor.objects.select_related("provider").get(pk=grant.subject_id)
    form = ShownForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "preceptor": person, "demo": person.provider.is_demo}
        return render(
            request, "providers/preceptor.html", context, status=422 if form.errors else 200
        )
    answer = Shown(form.cleaned_data["shown"])
    if not _record(grant, person, answer, now):
        return render(request, "providers/link_ended.html", status=410)
    return render(request, "providers/answered.html", {"preceptor": person, "answer": answer})


def _record(grant: Grant, person: Preceptor, answer: Shown, now: datetime) -> bool:
    with transaction.atomic():
        if not use(grant, now=now):
            return False
        answer_shown(person, answer, now=now)
    return True
