from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rotations.conversations.actions import answer_question
from rotations.conversations.forms import AnswerForm
from rotations.conversations.queries import questions_at
from rotations.providers.models import Provider
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.paging import next_url, page_of
from usce.permissions import require


def _reached(request: HttpRequest, slug: str) -> tuple[User, Provider]:
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators answer questions.")
    return user, provider


@require_GET
def questions(request: HttpRequest, provider_slug: str) -> HttpResponse:
    _user, provider = _reached(request, provider_slug)
    rows = questions_at(provider)
    if waiting := request.GET.get("show") != "all":
        rows = rows.filter(answered_at__isnull=True)
    page = page_of(rows, request.GET.get("after", ""))
    context = {
        "provider": provider,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "waiting": waiting,
    }
    return render(request, "conversations/questions.html", context)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    user, provider = _reached(request, provider_slug)
    question = get_object_or_404(questions_at(provider), public_id=public_id)
    form, status = AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            answer_question(
                question,
                told["answer"],
                is_public=told["is_public"],
                actor=user,
                now=timezone.now(),
            )
            messages.success(request, "The answer is sent.")
            return redirect("conversations:questions", provider_slug)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    context = {"provider": provider, "question": question, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "conversations/answer.html", context, status=status)
