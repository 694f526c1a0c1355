from usce.errors import Refused


class CannotAsk(Refused):
    """The request does not leave; the message says why, and what to do instead."""


class ChangedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This request has changed since the page was opened. Look at it again; nothing of "
            "yours was saved."
        )


class NotOpen(Refused):
    """What is asked for is not possible in this state."""
