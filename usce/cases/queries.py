"""The staff queue, as each person works it: one's own first, then the oldest."""

from typing import Any

from django.db.models import Count, Model, Q, QuerySet

from usce.cases.models import Case, Queue
from usce.cases.states import LIVE
from usce.paging import later_than


def cases_for(user: Any) -> QuerySet[Case]:
    """Every case of the queues this person works, whatever became of it."""
    queues = [queue for queue in Queue.values if user.has_staff_role(queue)]
    return Case.objects.filter(queue__in=queues).select_related("owner")


def queue_for(user: Any, kind: str = "") -> QuerySet[Case]:
    """What is live of them, oldest first; with `kind`, of that type alone."""
    rows = cases_for(user).filter(state__in=LIVE).order_by("opened_at", "id")
    return rows.filter(kind=kind) if kind else rows


def own_cases(user: Any, kind: str = "") -> QuerySet[Case]:
    return queue_for(user, kind).filter(owner_id=user.pk)


def others_cases(user: Any, kind: str = "") -> QuerySet[Case]:
    """The live cases that this person has not taken."""
    return queue_for(user, kind).filter(~Q(owner_id=user.pk) | Q(owner__isnull=True))


def kinds_waiting(user: Any) -> dict[str, int]:
    """How many live cases of each type wait in this person's queues."""
    rows = queue_for(user).order_by().values_list("kind").annotate(Count("id"))
    return dict(rows.order_by("kind"))


def next_case(user: Any, kind: str = "", after: Case | None = None) -> Case | None:
    """What this person works next: one's own, then what nobody has taken, oldest first.

    With `after` the walk goes on behind that case and comes round to the beginning, so that
    what was skipped does not stand in the way.
    """
    own, free = own_cases(user, kind), queue_for(user, kind).filter(owner__isnull=True)
    if after is None:
        return own.first() or free.first()
    if after.owner_id == user.pk:
        walk = [_behind(own, after), free, own]
    else:
        walk = [_behind(free, after), own, free]
    found = (rows.exclude(pk=after.pk).first() for rows in walk)
    return next((case for case in found if case is not None), None)


def live_cases(kind: str) -> QuerySet[Case]:
    """The live cases of the type in every queue, for the service's own sweeps."""
    return Case.objects.filter(kind=kind, state__in=LIVE)


def live_case(kind: str, subject: Model) -> Case | None:
    return _about(subject).filter(kind=kind, state__in=LIVE).select_related("owner").first()


def last_decided(kind: str, subject: Model) -> Case | None:
    """The newest case of that kind that was decided, with what was said then."""
    return history_of(kind, subject).first()


def decided_about(kind: str, subjects: QuerySet[Any]) -> QuerySet[Case]:
    """What was decided about any of these rows, in one query."""
    label = subjects.model._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    return Case.objects.filter(
        kind=kind,
        subject_type=label,
        subject_id__in=subjects.order_by().values("pk"),
        decided_at__isnull=False,
    ).select_related("owner")


def history_of(kind: str, subject: Model) -> QuerySet[Case]:
    """What was decided about it, newest first."""
    decided = _about(subject).filter(kind=kind, decided_at__isnull=False)
    return decided.order_by("-id")


def _about(subject: Model) -> QuerySet[Case]:
    return Case.objects.filter(subject_type=_type(subject), subject_id=subject.pk)


def _behind(rows: QuerySet[Case], case: Case) -> QuerySet[Case]:
    return later_than(rows, case.opened_at, case.pk, by="opened_at")


def _type(subject: Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001 -- Django's documented model API
