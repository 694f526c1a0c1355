from usce.permissions import Actor, SystemActor


def can_note_packs(actor: Actor) -> bool:
    """Rule packs come with a deploy, and come into force by their day."""
    return isinstance(actor, SystemActor)
