from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applicants.documents.actions import (
    correct_dates,
    open_document,
    remove_document,
    show_page,
)
from applicants.documents.forms import DatesForm, KindForm, PaperForm, dates_of
from applicants.documents.handlers import add_paper
from applicants.documents.kinds import KINDS, DocumentKind
from applicants.documents.models import Document
from applicants.documents.permissions import can_add_document, can_open_document
from applicants.documents.queries import (
    documents_for,
    hints_for,
    is_check_late,
    is_consent_missing,
    is_in_use,
    own_documents,
    shelves_of,
    versions_of,
)
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.accounts.queries import signature_of
from usce.accounts.texts import TRUTHFUL_PAPERS
from usce.errors import Refused
from usce.files.incoming import incoming_of
from usce.files.queries import checks_of, pages_of
from usce.limits.actions import TooOften
from usce.permissions import require

DONE = 286
GET_POST = require_http_methods(["GET", "POST"])
STAFF_HAVE_NONE = "Staff accounts hold no papers."


@require_GET
def vault(request: HttpRequest) -> HttpResponse:
    """All papers of the person, and what became of each."""
    user = signed_in(request)
    require(can_add_document(user), STAFF_HAVE_NONE)
    context = {
        "shelves": shelves_of(user),
        "today": timezone.now().date(),
        "signed": signature_of(user, TRUTHFUL_PAPERS),
        "waiting": incoming_of(user).count(),
    }
    return render(request, "documents/vault.html", context)


@GET_POST
def add(request: HttpRequest) -> HttpResponse:
    """First what it is, then the file and the dates that such a paper carries."""
    user = signed_in(request)
    require(can_add_document(user), STAFF_HAVE_NONE)
    chosen = KindForm(request.GET if "kind" in request.GET else None)
    if not chosen.is_valid():
        status = 422 if chosen.is_bound else 200
        context = {"form": chosen, "upload": request.GET.get("upload", "")}
        return render(request, "documents/choose.html", context, status=status)
    kind = DocumentKind(chosen.cleaned_data["kind"])
    form, status = _paper_form(request, user, kind), 200
    if request.method == "POST" and form.is_valid():
        try:
            told, address = form.cleaned_data, request.META.get("REMOTE_ADDR")
            document = add_paper(kind, told, owner=user, ip_address=address, now=timezone.now())
            return redirect("documents:detail", document.public_id)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 429 if isinstance(refused, TooOften) else 409
    elif request.method == "POST":
        status = 422
    context = {"form": form, "kind": kind, "about": KINDS[kind]}
    return render(request, "documents/add.html", context, status=status)


def _paper_form(request: HttpRequest, user: User, kind: DocumentKind) -> PaperForm:
    return PaperForm(
        request.POST or None,
        request.FILES or None,
        kind=kind,
        asks_consent=is_consent_missing(user, kind),
        waiting=incoming_of(user),
        initial={"upload": request.GET.get("upload", "")},
    )


@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What stands for the paper, what was checked and when, its pages, and its other versions."""
    return _detail(request, _own(request, public_id))


@require_POST
def dates(request: HttpRequest, public_id: str) -> HttpResponse:
    document = _own(request, public_id)
    form = DatesForm(request.POST, kind=document.kind)
    if not form.is_valid():
        return _detail(request, document, form, status=422)
    try:
        actor, now = signed_in(request), timezone.now()
        correct_dates(document, actor=actor, now=now, **form.dates())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _detail(request, document, form, status=409)
    messages.success(request, "The dates are saved.")
    return redirect("documents:detail", public_id)


@GET_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once more, then destroys the file's key."""
    document = _own(request, public_id)
    sentence, status = "", 200
    if request.method == "POST":
        try:
            remove_document(document, actor=signed_in(request), now=timezone.now())
        except Refused as refused:
            sentence, status = refused.sentence, 409
        else:
            messages.success(request, f"{document.get_kind_display()} is deleted.")
            return redirect("documents:vault")
    context = {"document": document, "sentence": sentence}
    return render(request, "documents/remove.html", context, status=status)


@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    user = signed_in(request)
    document = get_object_or_404(documents_for(user), public_id=public_id)
    require(can_open_document(user, document))
    return open_document(document, viewer=user, now=timezone.now())


@require_GET
def page(request: HttpRequest, public_id: str, number: int) -> HttpResponseBase:
    """One page as a picture, for the owner and for staff who review papers."""
    user = signed_in(request)
    document = get_object_or_404(documents_for(user), public_id=public_id)
    require(can_open_document(user, document))
    found = next((one for one in pages_of(document.blob) if one.number == number), None)
    if found is None:
        raise Http404
    return show_page(document, found, viewer=user, now=timezone.now())


@require_GET
def state(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file's card, asked for again while it is being checked; 286 ends the asking."""
    document = get_object_or_404(documents_for(signed_in(request)), public_id=public_id)
    context = {"document": document, "is_late": is_check_late(document, timezone.now())}
    status = DONE if document.checked_at else 200
    return render(request, "documents/_file.html", context, status=status)


def _own(request: HttpRequest, public_id: str) -> Document:
    return get_object_or_404(own_documents(signed_in(request)), public_id=public_id)


def _detail(
    request: HttpRequest, document: Document, form: DatesForm | None = None, status: int = 200
) -> HttpResponse:
    open_to_dates = document.decided_at is None and document.ended_at is None
    blank = DatesForm(initial=dates_of(document), kind=document.kind)
    now = timezone.now()
    context = {
        "document": document,
        "is_late": is_check_late(document, now),
        "about": document.about,
        "checks": checks_of(document.blob),
        "hints": hints_for(document),
        "pages": pages_of(document.blob),
        "versions": versions_of(document),
        "form": (form or blank) if open_to_dates and (form or blank).fields else None,
        "is_in_use": is_in_use(document, now.date()),
        "today": now.date(),
    }
    return render(request, "documents/detail.html", context, status=status)
