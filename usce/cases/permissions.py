from typing import Any

from usce.cases.models import Case
from usce.permissions import Actor, SystemActor


def can_work(actor: Actor, case: Case) -> bool:
    """Whether the actor holds the role that the case's queue names; the service works all."""
    if isinstance(actor, SystemActor):
        return True
    person: Any = actor  # users live above this slice; their one method is all that is asked
    return bool(person.has_staff_role(case.queue))
