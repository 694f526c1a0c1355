from datetime import datetime

from applicants.documents.actions import end_uses
from rotations.applications.queries import ended_with_papers


def release_papers() -> None:
    """What an application was sent with is needed no longer than until it ended."""
    for application in ended_with_papers():
        ended_at: datetime | None = application.ended_at
        if ended_at is not None:
            end_uses(by=application, on=ended_at.date())
