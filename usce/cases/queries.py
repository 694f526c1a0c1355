from typing import Any

from django.db.models import Case as When
from django.db.models import Model, QuerySet, Value
from django.db.models import When as Condition

from usce.cases.models import Case, Queue
from usce.cases.states import LIVE


def queue_for(user: Any) -> QuerySet[Case]:
    """Live cases of the queues this person works: own first, then the soonest due."""
    queues = [queue for queue in Queue.values if user.has_staff_role(queue)]
    mine = When(Condition(owner_id=user.pk, then=Value(0)), default=Value(1))
    return (
        Case.objects.filter(queue__in=queues, state__in=LIVE)
        .select_related("owner")
        .order_by(mine, "due_at", "id")
    )


def live_case(kind: str, subject: Model) -> Case | None:
    return Case.objects.filter(
        kind=kind, subject_type=_type(subject), subject_id=subject.pk, state__in=LIVE
    ).first()


def _type(subject: Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001 -- Django's documented model API
