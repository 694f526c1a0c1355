"""What is held of a person's list of rotations; what is kept in a session goes with it."""

from rotations.discovery.models import SavedRotation
from usce.rights.portability import Holding, Part, register

register(
    Part(
        name="discovery",
        holdings=(
            Holding(
                SavedRotation,
                lambda person: SavedRotation.objects.filter(user=person),
                told=("rotation__title", "rotation__provider__name", "saved_at", "outcome"),
            ),
        ),
    )
)
