from datetime import timedelta

from django.utils import timezone

from usce.files.actions import delete_orphans, scan_blob
from usce.files.models import Blob
from usce.files.queries import unscanned
from usce.files.signals import blob_checked
from usce.jobs.actions import enqueue
from usce.jobs.registry import job


@job("files.scan_blob", attempts=30)
def scan_stored_blob(blob_id: int) -> None:
    scan_blob(Blob.objects.get(pk=blob_id), now=timezone.now())
    blob_checked.send_robust(sender=Blob, blob_id=blob_id)


@job("files.sweep", every=timedelta(minutes=5))
def queue_forgotten_scans() -> None:
    """A file whose scan was given up while the scanner was away is tried again."""
    for blob in unscanned(timezone.now() - timedelta(minutes=10))[:100]:
        enqueue("files.scan_blob", unique_key=blob.public_id, blob_id=blob.pk)


@job("files.delete_orphans", every=timedelta(hours=6))
def delete_what_nobody_holds() -> None:
    """A worker that died between storage and database leaves an object without a row."""
    delete_orphans(older_than=timezone.now() - timedelta(days=1))
