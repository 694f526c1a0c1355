from django.db import models

from usce.states import Table


class DayState(models.TextChoices):
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    ABSENT = "absent"
    PAUSED = "paused"


class ObjectionState(models.TextChoices):
    WAITING = "waiting"
    UPHELD = "upheld"
    DECLINED = "declined"


# What was recorded can be corrected; a pause can be lifted.
DAY: Table = {
    DayState.PLANNED: frozenset({DayState.CONFIRMED, DayState.ABSENT, DayState.PAUSED}),
    DayState.CONFIRMED: frozenset({DayState.ABSENT}),
    DayState.ABSENT: frozenset({DayState.CONFIRMED}),
    DayState.PAUSED: frozenset({DayState.PLANNED, DayState.CONFIRMED}),
}

OBJECTION: Table = {
    ObjectionState.WAITING: frozenset({ObjectionState.UPHELD, ObjectionState.DECLINED}),
    ObjectionState.UPHELD: frozenset(),
    ObjectionState.DECLINED: frozenset(),
}

MISSED = (DayState.ABSENT, DayState.PAUSED)
