from rotations.placements.actions.asking import ask_hosts
from rotations.placements.actions.check_in import check_in
from rotations.placements.actions.errors import (
    BadDay,
    CannotObject,
    ChangedMeanwhile,
    NotOpen,
    NotToday,
    ReasonMissing,
)
from rotations.placements.actions.objections import (
    decide_objection,
    may_still_object,
    object_to_day,
)
from rotations.placements.actions.planning import plan_booking, plan_days
from rotations.placements.actions.progress import advance, release_despite, release_earned
from rotations.placements.actions.settling import (
    Host,
    Mark,
    add_make_up,
    pause_days,
    settle_days,
)

__all__ = [
    "BadDay",
    "CannotObject",
    "ChangedMeanwhile",
    "Host",
    "Mark",
    "NotOpen",
    "NotToday",
    "ReasonMissing",
    "add_make_up",
    "advance",
    "ask_hosts",
    "check_in",
    "decide_objection",
    "may_still_object",
    "object_to_day",
    "pause_days",
    "plan_booking",
    "plan_days",
    "release_despite",
    "release_earned",
    "settle_days",
]
