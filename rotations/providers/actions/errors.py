"""Why a team or a place cannot change so, each in a sentence for the person."""

from usce.errors import Refused


class AlreadyMember(Refused):
    """The person already has a role at this provider."""


class InvitationEnded(Refused):
    """It was accepted or taken back."""


class NotYours(Refused):
    """The invitation is for another address, or the person may hold no role there."""


class LastOwner(Refused):
    """A provider always has an owner."""


class TooManyDrafts(Refused):
    """The person began as many organizations as one may at a time."""


class Settled(Refused):
    """Our staff have looked at it; it no longer changes by the provider alone."""


class ReasonMissing(Refused):
    """A no always says why."""


class BadCheck(Refused):
    """A look-up that cannot have been made so."""
