"""What the owner reads on a paper beside its dates: a passport's lines, a policy's sums."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applicants.documents.actions import read_passport_lines, tell_cover
from applicants.documents.forms import CoverForm, PassportLinesForm
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Cover, Document
from applicants.documents.queries import own_documents
from usce.accounts.people import signed_in
from usce.errors import Refused

POLICIES = (DocumentKind.MALPRACTICE, DocumentKind.HEALTH_INSURANCE)
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_POST
def lines(request: HttpRequest, public_id: str) -> HttpResponse:
    """The two lines of a passport, typed."""
    document = _paper(request, public_id, DocumentKind.PASSPORT)
    form, status = PassportLinesForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told, actor = form.cleaned_data["lines"], signed_in(request)
            try:
                read_passport_lines(document, told, actor=actor, now=timezone.now())
            except Refused as refused:
                form.add_error("lines", refused.sentence)
                status = 409
            else:
                messages.success(request, "The lines are compared; they are not kept.")
                return redirect("documents:detail", public_id)
    context = {"document": document, "form": form, "title": "Passport lines"}
    return render(request, "documents/claims.html", context, status=status)


@GET_POST
def cover(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is insured, and up to which sums."""
    document = _paper(request, public_id, *POLICIES)
    known = Cover.objects.filter(document=document).first()
    form, status = CoverForm(request.POST or None, kind=document.kind, cover=known), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                tell_cover(document, **form.cover(), actor=signed_in(request), now=timezone.now())
            except Refused as refused:
                form.add_error(None, refused.sentence)
                status = 409
            else:
                messages.success(request, "What the policy covers is saved.")
                return redirect("documents:detail", public_id)
    context = {"document": document, "form": form, "title": "What the policy covers"}
    return render(request, "documents/claims.html", context, status=status)


def _paper(request: HttpRequest, public_id: str, *kinds: str) -> Document:
    return get_object_or_404(own_documents(signed_in(request)), public_id=public_id, kind__in=kinds)
