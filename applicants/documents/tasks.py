from datetime import timedelta

from django.utils import timezone

from applicants.documents.actions import (
    erase_unneeded,
    look_for_hints,
    remind_of_ends,
    settle_document,
    tell_of_delays,
)
from applicants.documents.models import Document
from applicants.documents.queries import unsettled
from usce.jobs.registry import job


@job("documents.settle_blob")
def settle_documents_of(blob_id: int) -> None:
    now = timezone.now()
    for document in Document.objects.filter(blob_id=blob_id):
        settle_document(document, now=now)


@job("documents.look_for_hints")
def look_at_paper(document_id: int) -> None:
    paper = Document.objects.select_related("blob", "owner").get(pk=document_id)
    look_for_hints(paper, now=timezone.now())


@job("documents.sweep", every=timedelta(minutes=1))
def settle_forgotten() -> None:
    """A lost signal loses nothing: checked files whose papers do not know it yet."""
    now = timezone.now()
    for document in unsettled()[:200]:
        settle_document(document, now=now)


@job("documents.remind", every=timedelta(hours=1))
def remind_owners() -> None:
    """Each hour, because a new day begins somewhere each hour."""
    remind_of_ends(timezone.now())


@job("documents.tell_of_delays", every=timedelta(hours=1))
def tell_owners_of_delays() -> None:
    tell_of_delays(timezone.now())


@job("documents.erase", every=timedelta(hours=6))
def erase_what_is_not_needed() -> None:
    erase_unneeded(timezone.now())
