"""No deadline lapses while the service is down."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from usce.jobs.models import Heartbeat, Outage

LONGEST_SILENCE = timedelta(minutes=5)
NAME = "worker"


def beat(now: datetime) -> Outage | None:
    """Note that the service works; after more than five minutes of silence, write the outage."""
    with transaction.atomic():
        row, created = Heartbeat.objects.select_for_update(no_key=True).get_or_create(
            name=NAME, defaults={"beat_at": now}
        )
        before = row.beat_at
        if created or before >= now:
            return None
        row.beat_at = now
        row.save(update_fields=["beat_at"])
        if now - before <= LONGEST_SILENCE:
            return None
        return Outage.objects.create(began_at=before, ended_at=now, reason="service interruption")


def outages_since(moment: datetime) -> list[Outage]:
    return list(Outage.objects.filter(ended_at__gt=moment).order_by("began_at"))


def effective_deadline(
    deadline: datetime,
    *,
    set_at: datetime,
    now: datetime,
    outages: Sequence[Outage] | None = None,
) -> datetime:
    """The deadline, later by every stretch between `set_at` and itself in which clocks stood still.

    Page, action and sweep all ask here. A silence that lasts until `now` counts as well: the
    worker may not have come back to write it down yet.
    """
    stretches = [
        (outage.began_at, outage.ended_at)
        for outage in (outages_since(set_at) if outages is None else outages)
    ]
    if outages is None:
        silence = Heartbeat.objects.filter(name=NAME, beat_at__lt=now - LONGEST_SILENCE).first()
        if silence is not None:
            stretches.append((silence.beat_at, now))
    moved, covered = deadline, set_at
    for began_at, ended_at in sorted(stretches):
        began_at = max(began_at, covered)  # noqa: PLW2901 -- overlapping stretches count once
        if began_at >= moved or ended_at <= began_at:
            continue
        moved += ended_at - began_at
        covered = ended_at
    return moved
