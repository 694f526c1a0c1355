from django.db.models import QuerySet

from applicants.documents.models import Document, DocumentKind
from applicants.documents.states import DocumentState
from usce.accounts.models import StaffRole, User


def documents_for(user: User) -> QuerySet[Document]:
    """What the person may open: her own papers; staff reviewers everybody's."""
    documents = Document.objects.select_related("blob").order_by("-id")
    if user.has_staff_role(StaffRole.REVIEWER):
        return documents
    return documents.filter(owner=user)


def latest(user: User, kind: DocumentKind) -> Document | None:
    """The newest version of a paper that was not replaced."""
    mine = Document.objects.filter(owner=user, kind=kind)
    return (
        mine.exclude(state=DocumentState.SUPERSEDED).select_related("blob").order_by("-id").first()
    )


def unsettled() -> QuerySet[Document]:
    """Papers whose file has left quarantine while they still say "being checked"."""
    return Document.objects.filter(
        state__in=(DocumentState.QUARANTINED, DocumentState.CHECKING)
    ).exclude(blob__state="quarantined")
