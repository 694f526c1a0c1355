"""What may be attached to a mail: made at delivery from an id, by the slice that knows how."""

from collections.abc import Callable

Attachment = tuple[str, str, bytes]
Maker = Callable[[int], Attachment]
_makers: dict[str, Maker] = {}


def register(kind: str, maker: Maker) -> None:
    """`maker(id)` gives (file name, media type, content)."""
    _makers[kind] = maker


def make(kind: str, identifier: int) -> Attachment:
    return _makers[kind](identifier)
