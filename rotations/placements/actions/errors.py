from usce.errors import Refused


class NotToday(Refused):
    """A check-in for another day than the one on which the learner arrived, or too late."""


class NotOpen(Refused):
    """The day cannot be settled now."""


class ChangedMeanwhile(Refused):
    def __init__(self, days: str) -> None:
        super().__init__(
            f"Somebody else has recorded {days} in the meantime. Look at the days again; "
            "nothing of yours was saved."
        )


class BadDay(Refused):
    """A make-up day or a pause that the calendar does not allow."""


class ReasonMissing(Refused):
    pass


class CannotObject(Refused):
    pass
