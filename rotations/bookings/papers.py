"""What the pages show about the papers that a host wants: which, where they stand, who saw them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

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
from rotations.eligibility.rules import (
    PAPERS,
    Facts,
    Finding,
    Outcome,
    Paper,
    PaperState,
    Rule,
    evaluate,
)
from usce.ui.dates import day

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
    problem: str

    @property
    def is_short(self) -> bool:
        """Whether the accepted version does not serve: it ends too early, or is too old."""
        return bool(self.problem)

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
    in_person = application.rotation.is_in_person
    kinds = [*(FOR_THE_BADGE if in_person else ()), *(rule.kind for rule in _rules(offer))]
    papers = newest_of(application.applicant, kinds)
    wanted = {finding.kind: finding for finding in findings_of(offer, today, papers)}
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
            problem=_problem(papers.get(kind), wanted.get(kind), offer.opening.ends_on),
        )
        for kind in kinds
    ]


def findings_of(
    offer: Offer, today: date, documents: Mapping[str, Document] = MappingProxyType({})
) -> list[Finding]:
    """The papers due by the start, by the requirements frozen in the offer; not whose they are."""
    known = {kind: _paper(one) for kind, one in documents.items() if kind in PAPERS}
    stay, papers = stay_of(offer.opening, today), untold_papers() | known
    return list(evaluate(_rules(offer), Facts(), stay=stay, papers=papers).findings)


def _rules(offer: Offer) -> list[Rule]:
    return [Rule(**row) for row in offer.terms["requirements"] if row["kind"] in PAPERS]


def _paper(document: Document) -> Paper:
    """The accepted version with its dates; one on its way is not judged yet."""
    untold = untold_papers()[document.kind]
    if document.state != DocumentState.ACCEPTED:
        return untold
    state, until = PaperState.ACCEPTED, document.valid_until
    return replace(untold, state=state, issued_on=document.issued_on, valid_until=until)


def _problem(document: Document | None, finding: Finding | None, last_on: date) -> str:
    if finding is not None and finding.outcome == Outcome.NOT_MET:
        return finding.yours
    until = document.valid_until if document else None
    if until is None or until >= last_on:
        return ""
    return f"It counts until {day(until)}; the rotation ends on {day(last_on)}."


def other_papers(application: Application, lines: list[Line]) -> list[SentPaper]:
    """Versions sent earlier, or papers that nobody asked for: the host sees them all the same."""
    shown = {line.sent.pk for line in lines if line.sent and line.is_sent}
    return [paper for paper in sent_papers(application) if paper.pk not in shown]
