"""The base of every refusal that a person reads."""


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """An action said no; the message is a sentence fit for the person (answered as 409)."""

    @property
    def sentence(self) -> str:
        return str(self)
