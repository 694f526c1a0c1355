"""What an insurance policy covers, against what hosts usually ask; pure."""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from applicants.documents.rules.hints import Hint, Outcome
from applicants.documents.rules.mrz import names_agree
from usce.money import Money

DATA = Path(__file__).parent.parent / "data" / "cover.csv"
SOURCE = "what the owner told of the policy"
MALPRACTICE, HEALTH = "malpractice", "health_insurance"


@dataclass(frozen=True)
class Usual:
    """The least sum that hosts usually ask, in cents, and who says so."""

    least_cents: int
    rule: str
    source: str
    checked_on: dt.date


@cache
def usual() -> dict[str, Usual]:
    with DATA.open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: Usual(
                int(row["least_cents"]),
                row["rule"],
                row["source"],
                dt.date.fromisoformat(row["checked_on"]),
            )
            for row in csv.DictReader(file)
        }


@dataclass(frozen=True)
class Policy:
    """Sums in cents; None where the owner told none."""

    kind: str
    named_insured: str = ""
    per_claim_cents: int | None = None
    in_all_cents: int | None = None


def cover_hints(policy: Policy, *, name: str) -> Iterator[Hint]:
    """Sums against the usual ones, and whether the person is named on the policy."""
    if policy.kind == MALPRACTICE:
        yield _sum("sum for a claim", policy.per_claim_cents, usual()["malpractice_per_claim"])
        yield _sum("sum in all", policy.in_all_cents, usual()["malpractice_in_all"])
    else:
        yield _sum("sum in all", policy.in_all_cents, usual()["health_in_all"])
    if not policy.named_insured or not name:
        words = "Who is named on the policy was not told." if name else "The profile tells no name."
        yield Hint("named insured", Outcome.UNCLEAR, words, policy.named_insured, SOURCE)
    elif names_agree(policy.named_insured, name):
        words = "The policy names its owner."
        yield Hint("named insured", Outcome.FITS, words, policy.named_insured, SOURCE)
    else:
        words = "The policy names another than its owner: hosts want the learner named."
        yield Hint("named insured", Outcome.DIFFERS, words, policy.named_insured, SOURCE)


def _sum(name: str, cents: int | None, least: Usual) -> Hint:
    if cents is None:
        return Hint(name, Outcome.UNCLEAR, f"Not told. {least.rule}.", "", SOURCE)
    seen = str(Money(cents))
    if cents >= least.least_cents:
        return Hint(name, Outcome.FITS, f"{least.rule}.", seen, SOURCE)
    return Hint(name, Outcome.DIFFERS, f"Less than usual. {least.rule}.", seen, SOURCE)
