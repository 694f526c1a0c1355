"""Note which rule packs are in force; whoever judges looks here for what changed."""

from datetime import datetime

from django.db import transaction

from rotations.eligibility.models import RulePack
from rotations.eligibility.permissions import can_note_packs
from rotations.eligibility.queries import newest_packs
from rotations.eligibility.rules.packs import Pack, in_force, packs
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import SystemActor, require


class PackChanged(Refused):
    def __init__(self, pack: Pack) -> None:
        super().__init__(f"The pack {pack.key} changed: raise its version, {pack.version}, too.")


def note_packs(*, actor: SystemActor, now: datetime) -> list[str]:
    """Write down each pack that is new or holds otherwise than before; gives their names.

    Raises PackChanged for another content under a version that is known.
    """
    require(can_note_packs(actor))
    today, noted = in_force(now.date()), []
    with transaction.atomic():
        known = {row.key: row for row in newest_packs()}
        for pack in packs():
            if _is_new(pack, known.get(pack.key), today[pack.key]):
                noted.append(pack.name)
                _note(pack, today[pack.key], actor, now)
    return noted


def _is_new(pack: Pack, known: RulePack | None, rows: list[str]) -> bool:
    if known is None:
        return True
    if known.version == pack.version and known.sha256 != pack.sha256:
        raise PackChanged(pack)
    return known.version != pack.version or known.in_force != rows


def _note(pack: Pack, rows: list[str], actor: SystemActor, now: datetime) -> None:
    noted = RulePack.objects.create(
        key=pack.key,
        version=pack.version,
        valid_from=pack.valid_from,
        checked_on=pack.checked_on,
        sha256=pack.sha256,
        in_force=rows,
        noted_at=now,
    )
    record("eligibility.rulepack.noted", noted, actor=actor, now=now, reason=pack.name)
