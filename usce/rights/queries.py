from datetime import datetime

from django.db.models import Q, QuerySet

from usce.accounts.models import User
from usce.rights.models import DataExport, Erasure, LegalHold


def exports_of(person: User, now: datetime) -> QuerySet[DataExport]:
    """What is being made, and what can still be downloaded; the newest first."""
    live = Q(ready_at__isnull=True) | Q(expires_at__gt=now, ended_at__isnull=True)
    return DataExport.objects.filter(live, user=person).order_by("-id")


def outlived_exports(now: datetime) -> QuerySet[DataExport]:
    rows = DataExport.objects.filter(ended_at__isnull=True, expires_at__lte=now)
    return rows.select_related("blob").order_by("expires_at")


def open_erasure(person: User) -> Erasure | None:
    """The one that is planned or under way, or that was done."""
    return Erasure.objects.filter(user=person, canceled_at__isnull=True).first()


def due_erasures(now: datetime) -> QuerySet[Erasure]:
    rows = Erasure.objects.filter(
        canceled_at__isnull=True, done_at__isnull=True, planned_for__lte=now
    )
    return rows.select_related("user").order_by("planned_for", "id")


def legal_holds_of(person: User) -> QuerySet[LegalHold]:
    rows = LegalHold.objects.filter(user=person).select_related("placed_by", "lifted_by")
    return rows.order_by("-id")
