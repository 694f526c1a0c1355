from usce.errors import Refused


class StillChecked(Refused):
    def __init__(self) -> None:
        super().__init__("This file is still being checked. It opens here once that is done.")


class BadDates(Refused):
    """The dates of a paper cannot be; the message says which and why."""


class NotAgreed(Refused):
    def __init__(self) -> None:
        super().__init__("Health papers are kept only with your consent. Tick the box to add one.")


class NotReviewed(Refused):
    def __init__(self) -> None:
        super().__init__("This paper is not waiting for a decision any more.")


class InUse(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An application or a host still needs this version. It can be replaced, and it is "
            "deleted by itself once nobody needs it."
        )


class BadLine(Refused):
    """A line of the record cannot be; the message says why."""
