"""What a file really is, by its own first and last bytes; its name and label count for nothing."""

from dataclasses import dataclass

import filetype

ALLOWED = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG picture",
    "image/png": "PNG picture",
    "image/webp": "WebP picture",
    "image/heic": "HEIC picture",
    "image/heif": "HEIC picture",
}
HEAD_BYTES = 8 * 1024
TAIL_BYTES = 2 * 1024


@dataclass(frozen=True)
class Kind:
    media_type: str
    problem: str


def kind_of(head: bytes, tail: bytes) -> Kind:
    """The media type by content, and a sentence when the file is not one we take."""
    guess = filetype.guess(head)
    media_type = guess.mime if guess else ""
    if media_type not in ALLOWED:
        return Kind(
            media_type,
            "This is no PDF and no JPEG, PNG, HEIC or WebP picture, whatever its name says.",
        )
    if media_type == "application/pdf":
        if not head.startswith(b"%PDF-"):
            return Kind(media_type, "This PDF does not begin as a PDF does. Save it again as PDF.")
        if b"%%EOF" not in tail:
            return Kind(media_type, "This PDF breaks off before its end. Upload it once more.")
    return Kind(media_type, "")
