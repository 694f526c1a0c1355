"""What is held of a person's days at a host."""

from rotations.placements.models import CheckIn, Day, Objection, Placement
from usce.rights.portability import Holding, Part, register

register(
    Part(
        name="placements",
        holdings=(
            Holding(
                Objection,
                lambda person: Objection.objects.filter(day__placement__booking__applicant=person),
                told=("day__day_on", "words", "asked_at", "state", "answer", "decided_at"),
                emptied={"words": "", "answer": ""},
            ),
            Holding(
                CheckIn,
                lambda person: CheckIn.objects.filter(day__placement__booking__applicant=person),
                told=("day__day_on", "arrived_at", "told_at"),
                emptied={},
            ),
            Holding(
                Day,
                lambda person: Day.objects.filter(placement__booking__applicant=person),
                told=(
                    *("placement__booking__application__reference", "day_on", "is_make_up"),
                    *("state", "planned_minutes", "minutes", "attending__name", "why"),
                    "settled_at",
                ),
                emptied={"why": ""},
            ),
            Holding(
                Placement,
                lambda person: Placement.objects.filter(booking__applicant=person),
                told=("public_id", "booking__application__reference", "planned_at"),
                emptied={},
            ),
        ),
    )
)
