"""Words people type: kept as they wrote them, without what could mislead a reader."""

import unicodedata

_DIRECTION_MARKS = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF], None
)


def clean_line(value: str) -> str:
    """One line: NFC, no control or direction-override characters, single spaces, trimmed."""
    return " ".join(clean_text(value).split())


def clean_text(value: str) -> str:
    """As `clean_line`, but line breaks stay."""
    normal = unicodedata.normalize("NFC", value).translate(_DIRECTION_MARKS)
    kept = (c for c in normal if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).strip()
