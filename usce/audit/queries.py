from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model, QuerySet

from usce.audit.models import AccessLog, AuditEntry


def entries() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.select_related("actor").order_by("-id")


def history_of(target: Model) -> QuerySet[AuditEntry]:
    label = target._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    return entries().filter(target_type=label, target_id=target.pk)


def saw(viewer: AbstractBaseUser, target: Model, *, of: AbstractBaseUser, since: datetime) -> bool:
    """Whether the viewer opened the target, which is about `of`, since then."""
    label = target._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    views = AccessLog.objects.filter(subject_id=of.pk, at__gte=since, viewer_id=viewer.pk)
    return views.filter(target_type=label, target_id=target.pk).exists()


def who_saw(subject: AbstractBaseUser) -> QuerySet[AccessLog]:
    return AccessLog.objects.filter(subject_id=subject.pk).select_related("viewer")
