"""Why an application cannot go on, each in a sentence for the person."""

from usce.errors import Refused


class NotOpen(Refused):
    """The rotation or the dates take no applications now."""


class NotEligible(Refused):
    """A requirement of the host is not met; the sentence is the verdict's."""


class FactsMissing(Refused):
    """Something the host asks for was not told yet."""


class CvMissing(Refused):
    """There is no CV, or the one there is was not accepted."""


class ReasonMissing(Refused):
    """A no always says why."""


class ReviewRuns(Refused):
    """The reviewers' time is not over."""


class HasOffer(Refused):
    """With an offer in hand the application ends through the offer."""
