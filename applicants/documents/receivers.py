from typing import Any

from django.dispatch import receiver

from usce.files.signals import blob_checked
from usce.jobs.actions import enqueue


@receiver(blob_checked)
def settle_papers_of(blob_id: int, **_more: Any) -> None:
    enqueue("documents.settle_blob", blob_id=blob_id)
