from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.catalog.queries import rotation_for
from rotations.conversations.actions import ask_question
from rotations.conversations.forms import QuestionForm
from rotations.conversations.permissions import can_ask
from rotations.conversations.queries import answer_time, own_questions
from usce.accounts.people import signed_in
from usce.errors import Refused


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, rotation_id: str) -> HttpResponse:
    """One question to the provider, and what one asked before."""
    user = signed_in(request)
    rotation = rotation_for(user, rotation_id)
    form, status = QuestionForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            ask_question(rotation, form.cleaned_data["text"], actor=user, now=timezone.now())
            messages.success(request, "Your question is sent. You get the answer by mail and here.")
            return redirect("conversations:ask", rotation_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    own = list(own_questions(user, rotation))
    context = {
        "rotation": rotation,
        "form": form,
        "own": own,
        "may_ask": can_ask(user, rotation) and not any(q.answered_at is None for q in own),
        "answer_time": answer_time(rotation.provider),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "conversations/ask.html", context, status=status)
