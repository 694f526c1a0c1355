"""Who reads a message to Rounds, and by when it is answered (pure)."""

from django.db import models

from usce.cases.models import Queue

HOME_ZONE = "America/New_York"
USUAL_DAYS = 2


class About(models.TextChoices):
    """What a message to Rounds is about; who reads it and by when follows from it."""

    QUESTION = "question", "A question"
    FAULT = "fault", "Something does not work"
    PRIVACY = "privacy", "My data, or patient information that should not be here"
    COMPLAINT = "complaint", "A complaint about a provider or a decision"
    STAFF = "staff", "A complaint about a member of staff"
    LISTING = "listing", "A listing"


# Business days: what concerns data is answered within one (product promise), a complaint in five.
DAYS = {About.PRIVACY: 1, About.COMPLAINT: 5, About.STAFF: 5}


def days_for(about: str) -> int:
    return DAYS.get(About(about), USUAL_DAYS)


def queue_for(about: str) -> str:
    """Complaints about staff go past those who are complained about."""
    return Queue.ADMIN if about == About.STAFF else Queue.TRUST
