from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from applicants.documents.actions import open_document
from applicants.documents.permissions import can_open_document
from applicants.documents.queries import documents_for
from usce.accounts.people import signed_in
from usce.permissions import require

DONE = 286


@require_GET
def show(request: HttpRequest, public_id: str) -> HttpResponseBase:
    user = signed_in(request)
    document = get_object_or_404(documents_for(user), public_id=public_id)
    require(can_open_document(user, document))
    return open_document(document, viewer=user, now=timezone.now())


@require_GET
def state(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file's card, asked for again while it is being checked; 286 ends the asking."""
    document = get_object_or_404(documents_for(signed_in(request)), public_id=public_id)
    context = {"document": document, "is_checked": document.checked_at is not None}
    status = DONE if document.checked_at else 200
    return render(request, "documents/_file.html", context, status=status)
