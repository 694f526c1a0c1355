"""Hold the documents to the tree: links lead to files, and named make targets exist."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
TARGET = re.compile(r"`make ([a-z-]+)")


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def faults(document: Path) -> list[str]:
    text = document.read_text()
    name = document.relative_to(ROOT)
    dead = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    unknown = sorted(set(TARGET.findall(text)) - make_targets())
    return [f"{name}: no file {link}" for link in dead] + [
        f"{name}: no target make {target}" for target in unknown
    ]


def main() -> int:
    found = [fault for document in documents() for fault in faults(document)]
    print("\n".join(found) or f"{len(documents())} documents agree with the tree.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
