"""Papers are tagged, say their language, and are the same whenever they are set."""

import io
from dataclasses import replace

import pikepdf
import pytest

from tests.support.pdf import text_of
from usce.render.pdf import Paper, paper

TOLD = Paper(
    title="Invoice and receipt 2026-000001",
    lead="Deposit, R-1042: #let x = [*not source*] <b>",
    facts=[("Payer", "Amina Rahmān")],
    columns=("For", "Goes to", "Amount"),
    rows=[("Rotation", "Łódź \\ Clinic $x$", "$540.00"), ("Fee", "Rounds", "$60.00")],
    total=("Total in U.S. dollars", "$600.00"),
    notes=("Tax: 0.00 percent.",),
    issuer=("Rounds, Inc.",),
)


def test_paper_is_tagged_and_says_what_it_is() -> None:
    with pikepdf.open(io.BytesIO(paper(TOLD))) as made:
        assert bool(made.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in made.Root
        assert str(made.Root.Lang).startswith("en")
        with made.open_metadata() as facts:
            assert facts["pdfuaid:part"] == "1"
            assert facts["dc:title"] == TOLD.title


def test_same_paper_is_the_same_to_the_byte() -> None:
    assert paper(TOLD) == paper(TOLD)


def test_words_of_people_are_never_source() -> None:
    said = text_of(paper(TOLD))
    for words in (TOLD.lead, "Łódź \\ Clinic $x$", "Amina Rahmān", "$600.00"):
        assert words in said


@pytest.mark.parametrize("name", ["রহিম উদ্দিন", "李雷", "محمد بن عبد الله"])
def test_name_in_a_script_without_a_font_is_no_reason_to_have_no_paper(name: str) -> None:
    with pikepdf.open(io.BytesIO(paper(replace(TOLD, facts=[("Payer", name)])))) as made:
        assert "/StructTreeRoot" in made.Root
