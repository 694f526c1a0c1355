from datetime import timedelta

from django.utils import timezone

from usce.audit.sealing import seal, verify
from usce.jobs.registry import job


@job("audit.seal", every=timedelta(seconds=5))
def seal_entries() -> None:
    seal(timezone.now())


class ChainBroken(Exception):  # noqa: N818 -- a finding, told as it is
    """The audit trail is not what was sealed: the job rests as failed, where staff see it."""


@job("audit.verify", attempts=1, every=timedelta(days=1))
def verify_chain() -> None:
    found = verify()
    if found is not None:
        raise ChainBroken(f"Position {found.position}: {found.finding}.")
