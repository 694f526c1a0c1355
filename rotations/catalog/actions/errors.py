"""Why a listing or its dates cannot be so, each in a sentence for the person."""

from usce.errors import Refused


class NotReady(Refused):
    """The listing lacks something that the public must see."""


class ReasonMissing(Refused):
    """A no always says why."""


class BadOpening(Refused):
    """These dates or seats cannot be offered."""


class SeatsTaken(Refused):
    """Learners hold seats in this opening."""


class ChangedMeanwhile(Refused):
    """Two people wrote at once; the second sees both versions before anything is lost."""
