"""What the pages show about the papers that a host wants: which, where they stand, who saw them."""

from dataclasses import dataclass
from datetime import date

from applicants.documents.kinds import KINDS, DocumentKind, Stage
from applicants.documents.models import Document
from applicants.documents.queries import newest_of
from applicants.documents.states import DocumentState
from rotations.applications.models import Application
from rotations.bookings.models import Offer, SentPaper
from rotations.bookings.queries import sent_papers
from rotations.bookings.rules import stage_of
from rotations.catalog.verdicts import stay_of
from rotations.eligibility.queries import untold_papers
from rotations.eligibility.rules import PAPERS, Facts, Finding, Rule, evaluate

FOR_THE_BADGE = (DocumentKind.PASSPORT, DocumentKind.PHOTO)


@dataclass(frozen=True)
class Line:
    """One paper: what the host wants, what the applicant has, and what can be done now."""

    kind: str
    label: str
    rule: str
    next_step: str
    document: Document | None
    sent: SentPaper | None
    stage: Stage
    reached: Stage
    last_on: date

    @property
    def is_short(self) -> bool:
        """Whether it ends before the rotation does."""
        until = self.document.valid_until if self.document else None
        return until is not None and until < self.last_on

    @property
    def is_sent(self) -> bool:
        """Whether the host sees the version that counts now."""
        return self.sent is not None and self.sent.document_id == getattr(self.document, "pk", None)

    @property
    def can_send(self) -> bool:
        is_accepted = self.document and self.document.state == DocumentState.ACCEPTED
        return bool(is_accepted) and not self.is_sent and self.stage <= self.reached


def lines_of(offer: Offer, application: Application, today: date) -> list[Line]:
    """What the offer's frozen requirements name; in person, passport and photo come first."""
    wanted = {finding.kind: finding for finding in findings_of(offer, today)}
    in_person = application.rotation.is_in_person
    kinds = [*(FOR_THE_BADGE if in_person else ()), *wanted]
    papers = newest_of(application.applicant, kinds)
    sent = {paper.document.kind: paper for paper in sent_papers(application)}
    reached = stage_of(application.state)
    return [
        Line(
            kind=kind,
            label=DocumentKind(kind).label,
            rule=wanted[kind].rule if kind in wanted else KINDS[kind].why,
            next_step=wanted[kind].next_step if kind in wanted else "",
            document=papers.get(kind),
            sent=sent.get(kind),
            stage=KINDS[kind].stage,
            reached=reached,
            last_on=offer.opening.ends_on,
        )
        for kind in kinds
    ]


def findings_of(offer: Offer, today: date) -> list[Finding]:
    """The papers due by the start, by the requirements frozen in the offer; not whose they are."""
    rules = [Rule(**row) for row in offer.terms["requirements"] if row["kind"] in PAPERS]
    stay, papers = stay_of(offer.opening, today), untold_papers()
    return list(evaluate(rules, Facts(), stay=stay, papers=papers).findings)


def other_papers(application: Application, lines: list[Line]) -> list[SentPaper]:
    """Versions sent earlier, or papers that nobody asked for: the host sees them all the same."""
    shown = {line.sent.pk for line in lines if line.sent and line.is_sent}
    return [paper for paper in sent_papers(application) if paper.pk not in shown]
