"""What is held of a person's papers; the files themselves go into her export as well."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from applicants.documents.actions.keeping import give_up_all
from applicants.documents.kinds import KINDS, DocumentKind
from applicants.documents.models import (
    REVIEW,
    UNDER_AGE,
    Cover,
    Document,
    ImmunizationLine,
    Reminder,
    StoredHint,
    Use,
)
from usce.accounts.models import User
from usce.files.states import BlobState
from usce.files.streams import open_original
from usce.rights.portability import Holding, OwnFile, Part, register
from usce.rights.retention import Rule, keep
from usce.text import clean_line


def _files(person: User) -> Iterator[OwnFile]:
    """What she uploaded, as she uploaded it; only what every check has passed."""
    papers = Document.objects.filter(owner=person, blob__state=BlobState.CLEAN)
    for paper in papers.select_related("blob").order_by("pk").iterator(chunk_size=100):
        name = clean_line(paper.file_name).replace("/", "_").replace("\\", "_") or "file"
        yield OwnFile(f"{paper.kind}/{paper.public_id}-{name}", partial(open_original, paper.blob))


def _erase(person: User, now: datetime) -> None:
    give_up_all(person, now=now)


def _by_days() -> dict[int, list[str]]:
    """The kinds by how long they are kept, the shortest first."""
    found: dict[int, list[str]] = {}
    for name, kind in sorted(KINDS.items(), key=lambda known: known[1].keep_days):
        found.setdefault(kind.keep_days, []).append(DocumentKind(name).label)
    return found


keep(
    *(
        Rule("; ".join(labels), f"{days} days after it is last needed")
        for days, labels in _by_days().items()
    )
)
register(
    Part(
        name="documents",
        holdings=(
            Holding(
                Reminder,
                lambda person: Reminder.objects.filter(document__owner=person),
                told=("document__kind", "step", "until", "told_at"),
            ),
            Holding(
                StoredHint,
                lambda person: StoredHint.objects.filter(document__owner=person),
                told=("document__kind", "name", "outcome", "sentence", "seen", "source", "at"),
            ),
            Holding(
                Use,
                lambda person: Use.objects.filter(document__owner=person),
                told=("document__kind", "by_type", "began_at", "ends_on"),
            ),
            Holding(
                ImmunizationLine,
                lambda person: ImmunizationLine.objects.filter(owner=person),
                told=(
                    *("what", "done_on", "read_on", "result", "level", "unit", "mm", "told_on"),
                    *("paper__public_id", "proved_at"),
                ),
            ),
            Holding(
                Cover,
                lambda person: Cover.objects.filter(document__owner=person),
                told=("document__public_id", "named_insured", "per_claim_cents", "in_all_cents"),
            ),
            Holding(
                Document,
                lambda person: Document.objects.filter(owner=person),
                told=(
                    *("public_id", "kind", "file_name", "state", "issued_on", "expires_on"),
                    *("valid_until", "refusal", "uploaded_at", "checked_at", "decided_at"),
                ),
                emptied={
                    "file_name": "",
                    "refusal": "",
                    "issued_on": None,
                    "expires_on": None,
                    "valid_until": None,
                },
            ),
        ),
        files=_files,
        erase=_erase,
        ends_cases=(REVIEW, UNDER_AGE),
    )
)
