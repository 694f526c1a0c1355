from django.db import models

from usce.states import Table


class RotationState(models.TextChoices):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    ARCHIVED = "archived"


class OpeningState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"


ROTATION: Table = {
    RotationState.DRAFT: frozenset({RotationState.IN_REVIEW}),
    RotationState.IN_REVIEW: frozenset({RotationState.PUBLISHED, RotationState.DRAFT}),
    RotationState.PUBLISHED: frozenset({RotationState.PAUSED, RotationState.ARCHIVED}),
    RotationState.PAUSED: frozenset({RotationState.PUBLISHED, RotationState.ARCHIVED}),
    RotationState.ARCHIVED: frozenset(),
}

OPENING: Table = {
    OpeningState.OPEN: frozenset({OpeningState.CLOSED, OpeningState.CANCELED}),
    OpeningState.CLOSED: frozenset({OpeningState.OPEN, OpeningState.CANCELED}),
    OpeningState.CANCELED: frozenset(),
}
