"""What is held of a person's applications."""

from datetime import datetime

from django.db.models import QuerySet

from rotations.applications.actions import withdraw_application
from rotations.applications.models import CASE, Application, Decision, Judgment
from rotations.applications.states import LIVE, ApplicationState
from usce.accounts.models import User
from usce.rights.portability import Holding, Part, register


def _applications(person: User) -> QuerySet[Application]:
    return Application.objects.filter(applicant=person)


def _live(person: User) -> QuerySet[Application]:
    """Without those that a booking decides."""
    settled = (ApplicationState.OFFERED, ApplicationState.ACCEPTED, ApplicationState.BOOKED)
    return _applications(person).filter(state__in=LIVE).exclude(state__in=settled).order_by("pk")


def _let_go(person: User, now: datetime) -> None:
    for application in _live(person):
        withdraw_application(application, actor=person, now=now)


def _consequences(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- every slice is asked alike
    rows = _live(person).select_related("rotation__provider")
    return [
        f"{row.reference}, {row.rotation.title} at {row.rotation.provider.name}, is withdrawn."
        for row in rows
    ]


register(
    Part(
        name="applications",
        holdings=(
            Holding(
                Decision,
                lambda person: Decision.objects.filter(application__applicant=person),
                told=("application__reference", "outcome", "reason", "at"),
                emptied={"reason": ""},
                kept={"outcome": "a state"},
            ),
            Holding(
                Judgment,
                lambda person: Judgment.objects.filter(application__applicant=person),
                told=("application__reference", "cause", "inputs", "verdict", "at"),
            ),
            Holding(
                Application,
                _applications,
                told=(
                    *("reference", "rotation__title", "rotation__provider__name", "state"),
                    *("opening__starts_on", "opening__ends_on", "statement", "facts", "verdict"),
                    *("created_at", "submitted_at", "forwarded_at", "ended_at"),
                ),
                emptied={"statement": "", "facts": {}, "verdict": {}},
                kept={"reference": "a number, by which the provider's own books find it"},
            ),
        ),
        let_go=_let_go,
        consequences=_consequences,
        ends_cases=(CASE,),
    )
)
