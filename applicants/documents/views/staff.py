from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.documents.forms import DecisionForm, dates_of
from applicants.documents.handlers import decide
from applicants.documents.models import REVIEW, Document
from applicants.documents.permissions import can_decide_document
from applicants.documents.queries import hints_for, provable_by, versions_of
from applicants.documents.states import DocumentState
from usce.accounts.people import signed_in
from usce.accounts.queries import signature_of
from usce.accounts.texts import TRUTHFUL_PAPERS
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.files.queries import checks_of, pages_of
from usce.permissions import require

SAID = {
    DocumentState.ACCEPTED: "accepted.",
    DocumentState.REJECTED: "not accepted; the applicant was told why.",
}


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """The pages beside what the owner says stands on them; one decision, and the next opens."""
    user, now = signed_in(request), timezone.now()
    if not user.is_staff:
        raise Http404
    document = _reviewed(request, public_id)
    claims = provable_by(document)
    form = DecisionForm(
        request.POST or None, initial=dates_of(document), kind=document.kind, lines=claims
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        case = live_case(REVIEW, document)
        try:
            decide(document, form.cleaned_data, actor=user, now=now)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            document, status = _reviewed(request, public_id), 409
        else:
            what = document.get_kind_display()
            messages.success(request, f"{what}: {SAID[DocumentState(document.state)]}")
            return redirect(next_address(case, filter_of(request)))
    elif request.method == "POST":
        status = 422
    context = {
        "document": document,
        "signed": signature_of(document.owner, TRUTHFUL_PAPERS),
        "pages": pages_of(document.blob),
        "checks": checks_of(document.blob),
        "hints": hints_for(document),
        "versions": versions_of(document),
        "line": line_on(REVIEW, document, request, now),
        "next_url": next_address(None, filter_of(request)),
        "form": form,
        "decides": document.state == DocumentState.NEEDS_REVIEW,
    }
    return render(request, "documents/review.html", context, status=status)


def _reviewed(request: HttpRequest, public_id: str) -> Document:
    """403 to staff who review nothing; what was never with staff is not theirs to see (404)."""
    user = signed_in(request)
    papers = Document.objects.select_related("blob", "owner")
    document = get_object_or_404(papers, public_id=public_id)
    require(can_decide_document(user, document), "Reviewers see papers.")
    return document
