"""Papers as tagged PDF (PDF/UA-1): typst sets them, and no person's words are ever its source."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import typst
from django.http import HttpResponse

PAPER = Path(__file__).parent / "paper.typ"
STATEMENT = Path(__file__).parent / "statement.typ"
STANDARD: Literal["ua-1"] = "ua-1"


@dataclass(frozen=True)
class Paper:
    """One page or more: a title, facts, a table whose last `sums` columns are sums, small print.

    `total` is the last row's label and its sums.
    """

    title: str
    lead: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    notes: Sequence[str] = field(default_factory=tuple)
    issuer: Sequence[str] = field(default_factory=tuple)
    sums: int = 1
    is_wide: bool = False


@dataclass(frozen=True)
class Statement:
    """A title, facts and a text; each part of `body` is a `heading` or a `paragraph`."""

    title: str
    facts: Sequence[tuple[str, str]]
    body: Sequence[tuple[str, str]]
    notes: Sequence[str] = field(default_factory=tuple)
    issuer: Sequence[str] = field(default_factory=tuple)


def paper(told: Paper) -> bytes:
    return pdf(PAPER, asdict(told))


def statement(told: Statement) -> bytes:
    return pdf(STATEMENT, asdict(told))


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """Set `template`, which reads `data` as JSON from `sys.inputs.data`.

    The same data give the same bytes: nothing of the day or the machine goes in.
    """
    setting: dict[str, Any] = {
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(data)},
        "ignore_system_fonts": True,
        "timestamp": 0,
    }
    made: bytes
    try:
        made = typst.compile(template, pdf_standards=[STANDARD], **setting)
    except typst.TypstError:
        # The standard refuses a letter that no font here has, as in a Bengali name. The paper is
        # still due: tagged all the same, with a box for each such letter.
        made = typst.compile(template, **setting)
    return made


def pdf_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
