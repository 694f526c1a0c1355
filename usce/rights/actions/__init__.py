"""A copy of everything, the end of everything, and what keeps that end waiting."""

from usce.rights.actions.erasing import (
    LONGEST_WAIT,
    AlreadyPlanned,
    NothingPlanned,
    cancel_erasure,
    erase_due,
    erase_person,
    plan_erasure,
)
from usce.rights.actions.exporting import (
    ExportRuns,
    ask_export,
    download_export,
    end_outlived_exports,
    make_export,
)
from usce.rights.actions.holding import BadHold, lift_hold, place_hold

__all__ = [
    "LONGEST_WAIT",
    "AlreadyPlanned",
    "BadHold",
    "ExportRuns",
    "NothingPlanned",
    "ask_export",
    "cancel_erasure",
    "download_export",
    "end_outlived_exports",
    "erase_due",
    "erase_person",
    "lift_hold",
    "make_export",
    "place_hold",
    "plan_erasure",
]
