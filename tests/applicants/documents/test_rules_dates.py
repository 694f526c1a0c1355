import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.documents.kinds import KINDS, DocumentKind
from applicants.documents.rules.dates import months_later, problems, valid_until, validities

TODAY = dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("kind", "issued", "expires", "until"),
    [
        ("tb_test", "2026-02-28", None, "2027-02-28"),
        ("tb_test", "2024-02-29", None, "2025-02-28"),
        ("bls_card", "2026-02-03", None, "2028-02-29"),
        ("bls_card", "2026-12-31", None, "2028-12-31"),
        ("bls_card", "2026-02-03", "2027-01-31", "2027-01-31"),
        ("passport", None, "2030-01-01", "2030-01-01"),
        ("health_insurance", "2026-08-01", "2026-09-30", "2026-09-30"),
        ("diploma", "2020-01-01", None, None),
        ("tb_test", None, None, None),
    ],
)
def test_last_day_a_paper_counts(
    kind: str, issued: str | None, expires: str | None, until: str | None
) -> None:
    days = [dt.date.fromisoformat(day) if day else None for day in (issued, expires, until)]
    assert valid_until(kind, days[0], days[1]) == days[2]


@pytest.mark.parametrize(
    ("issued", "expires", "words"),
    [
        ("2026-07-02", None, "in the future"),
        ("1926-07-02", None, "1926 cannot be"),
        (None, "2226-07-02", "2226 cannot be"),
        ("2026-06-02", "2026-06-01", "before the first"),
    ],
)
def test_date_that_no_paper_carries(issued: str | None, expires: str | None, words: str) -> None:
    days = [dt.date.fromisoformat(day) if day else None for day in (issued, expires)]
    assert words in problems(days[0], days[1], today=TODAY)[0]


def test_what_was_not_told_is_no_problem() -> None:
    assert problems(None, None, today=TODAY) == []


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 240))
def test_months_later_is_never_off_by_a_month(day: dt.date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_every_kind_is_told_about_and_every_rule_has_its_kind() -> None:
    assert set(KINDS) == set(DocumentKind.values)
    assert set(validities()) <= set(DocumentKind.values)
    assert all(usual.source and usual.rule for usual in validities().values())
