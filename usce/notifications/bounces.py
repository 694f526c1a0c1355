"""What a mail server's refusal means: gone for good, or worth another try."""

import re
import smtplib
from dataclasses import dataclass

PERMANENT = 500
# RFC 3463: 5.7 is about policy and relaying, which is our affair and not the address's fault.
_POLICY = re.compile(r"\b5\.7\.\d")


@dataclass(frozen=True)
class Bounce:
    code: int
    words: str

    @property
    def is_of_address(self) -> bool:
        """Whether the address itself is at fault, so that nothing more should be sent there."""
        return not _POLICY.search(self.words)


def bounce_of(error: Exception) -> Bounce | None:
    """The refusal for good of a mail's one recipient; None for everything that may pass."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return None
    for code, said in error.recipients.values():
        if code >= PERMANENT:
            words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
            return Bounce(code, f"{code} {words}")
    return None
