from datetime import timedelta

from django.utils import timezone

from usce.jobs.registry import job
from usce.rights.actions import end_outlived_exports, erase_due, erase_person, make_export
from usce.rights.models import DataExport, Erasure
from usce.rights.retention import sweep


@job("rights.make_export")
def write_export(export_id: int) -> None:
    export = DataExport.objects.select_related("user").get(pk=export_id)
    make_export(export, now=timezone.now())


@job("rights.erase")
def erase(erasure_id: int) -> None:
    erase_person(Erasure.objects.select_related("user").get(pk=erasure_id), now=timezone.now())


@job("rights.queue_due", every=timedelta(hours=1))
def queue_due_erasures() -> None:
    erase_due(timezone.now())


@job("rights.end_exports", every=timedelta(hours=1))
def destroy_outlived_exports() -> None:
    end_outlived_exports(timezone.now())


@job("rights.sweep", every=timedelta(hours=1))
def let_go_of_what_is_outlived() -> None:
    sweep(timezone.now())
