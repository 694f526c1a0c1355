from datetime import timedelta

from django.utils import timezone

from usce.files.actions import delete_orphans, scan_blob
from usce.files.incoming import drop_forgotten
from usce.files.models import Blob
from usce.files.queries import after_it, before_it, unscanned
from usce.files.signals import blob_checked
from usce.jobs.actions import enqueue
from usce.jobs.registry import job

PATIENCE = timedelta(minutes=10)


@job("files.scan_blob", attempts=30)
def scan_stored_blob(blob_id: int) -> None:
    """One file of a person at a time, so that nobody's slow ones hold all workers."""
    now, blob = timezone.now(), Blob.objects.get(pk=blob_id)
    if before_it(blob, since=now - PATIENCE).exists():
        return  # the one before queues this one again; else the sweep does
    scan_blob(blob, now=now)
    blob_checked.send_robust(sender=Blob, blob_id=blob_id)
    if following := after_it(blob):
        enqueue("files.scan_blob", unique_key=following.public_id, blob_id=following.pk)


@job("files.sweep", every=timedelta(minutes=5))
def queue_forgotten_scans() -> None:
    """A file whose scan was given up while the scanner was away is tried again."""
    for blob in unscanned(timezone.now() - PATIENCE)[:100]:
        enqueue("files.scan_blob", unique_key=blob.public_id, blob_id=blob.pk)


@job("files.delete_orphans", every=timedelta(hours=6))
def delete_what_nobody_holds() -> None:
    """A worker that died between storage and database leaves an object without a row."""
    delete_orphans(older_than=timezone.now() - timedelta(days=1))


@job("files.drop_incoming", every=timedelta(hours=1))
def drop_what_nobody_went_on_with() -> None:
    drop_forgotten(timezone.now())
