from rotations.catalog.actions.dates import add_blocks, change_seats, reopen_opening
from rotations.catalog.actions.errors import (
    BadOpening,
    ChangedMeanwhile,
    NotReady,
    ReasonMissing,
    SeatsTaken,
)
from rotations.catalog.actions.listings import (
    Basics,
    begin_listing,
    choose_refunds,
    restart_listing,
    save_page,
    save_price,
    save_requirements,
)
from rotations.catalog.actions.publishing import (
    add_opening,
    cancel_opening,
    close_opening,
    pause_rotation,
    publish_rotation,
    return_rotation,
    submit_rotation,
)

__all__ = [
    "BadOpening",
    "Basics",
    "ChangedMeanwhile",
    "NotReady",
    "ReasonMissing",
    "SeatsTaken",
    "add_blocks",
    "add_opening",
    "begin_listing",
    "cancel_opening",
    "change_seats",
    "choose_refunds",
    "close_opening",
    "pause_rotation",
    "publish_rotation",
    "reopen_opening",
    "restart_listing",
    "return_rotation",
    "save_page",
    "save_price",
    "save_requirements",
    "submit_rotation",
]
