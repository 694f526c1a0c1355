"""Passports' lines, policies and own words, compared when they are told or read."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from applicants.documents.actions import (
    BadLine,
    NotReviewed,
    look_for_hints,
    read_passport_lines,
    tell_cover,
)
from applicants.documents.actions.comparing import passport_lines, policy, words_about_patients
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Cover, Document, StoredHint
from applicants.documents.rules.passports import TYPED
from applicants.profiles.actions import save_passport
from applicants.profiles.models import Profile
from tests.applicants.documents.test_rules_mrz import FIRST, SECOND, made
from tests.factories.documents import DocumentFactory
from tests.factories.papers import checked
from tests.factories.reference import CountryFactory
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.cases.models import Case

LINES = "\n".join(made(number="AB1234567"))
TODAY = dt.date(2026, 7, 1)


@pytest.fixture
def paper(amina: User) -> Document:
    Profile.objects.filter(user=amina).update(given_name="Amina", family_name="Rahmān")
    return DocumentFactory(
        owner=amina,
        blob__owner=amina,
        kind=DocumentKind.PASSPORT,
        state="needs_review",
        expires_on=dt.date(2031, 2, 3),
    )


def outcomes(document: Document) -> dict[str, str]:
    return dict(StoredHint.objects.filter(document=document).values_list("name", "outcome"))


def test_typed_lines_are_compared_and_not_kept(
    paper: Document, amina: User, now: dt.datetime
) -> None:
    CountryFactory(code="BD")
    told = {"born_on": dt.date(1999, 1, 2), "nationality": "BD", "number": "AB 123 4567"}
    save_passport(amina, told, actor=amina, now=now)
    read_passport_lines(paper, LINES, actor=amina, now=now)
    assert set(outcomes(paper).values()) == {"fits"}
    assert len(outcomes(paper)) == 6
    assert not StoredHint.objects.filter(seen__contains="AB1234567").exists()
    look_for_hints(paper, now=now)
    assert StoredHint.objects.filter(source=TYPED).count() == 6


def test_lines_that_are_none_or_anothers_are_refused(
    paper: Document, amina: User, dora: User, now: dt.datetime, settings: Any
) -> None:
    with pytest.raises(BadLine, match="not the two lines"):
        read_passport_lines(paper, "hello\nthere", actor=amina, now=now)
    with pytest.raises(PermissionDenied):
        read_passport_lines(paper, LINES, actor=dora, now=now)
    specimen = f"{FIRST}\n{SECOND}"
    read_passport_lines(paper, specimen, actor=amina, now=now)
    settings.IS_PRODUCTION = True
    with pytest.raises(BadLine, match="specimen"):
        read_passport_lines(paper, specimen, actor=amina, now=now)
    Document.objects.filter(pk=paper.pk).update(ended_at=now)
    paper.refresh_from_db()
    with pytest.raises(NotReviewed):
        read_passport_lines(paper, LINES, actor=amina, now=now)


def test_passport_of_a_minor_opens_one_case(paper: Document, amina: User, now: dt.datetime) -> None:
    young = "\n".join(made(born="100102"))
    read_passport_lines(paper, young, actor=amina, now=now)
    read_passport_lines(paper, young, actor=amina, now=now)
    case = Case.objects.get(kind="documents.under_age")
    assert (case.queue, case.subject_id) == ("trust", paper.pk)


def test_minors_lines_in_the_file_itself_open_the_case_too(amina: User, now: dt.datetime) -> None:
    first, second = made(born="100102")
    file = pdf_bytes(f"{first}) Tj 0 -20 Td ({second}")
    paper = checked(amina, now, file, DocumentKind.PASSPORT, expires_on=dt.date(2031, 2, 3))
    for _time in range(2):
        look_for_hints(paper, now=now)
    assert outcomes(paper)["passport lines"] == "fits"
    assert Case.objects.filter(kind="documents.under_age", subject_id=paper.pk).count() == 1


def test_lines_in_the_files_own_text_are_read(paper: Document) -> None:
    found = {hint.name: hint.outcome for hint in passport_lines(paper, f"x\n{LINES}\n", TODAY)}
    assert (found["name"], found["date of birth"]) == ("fits", "unclear")
    assert [hint.outcome for hint in passport_lines(paper, "", TODAY)] == ["unclear"]
    paper.kind = DocumentKind.VISA
    assert list(passport_lines(paper, LINES, TODAY)) == []


def test_policy_is_told_and_compared(
    paper: Document, amina: User, dora: User, now: dt.datetime
) -> None:
    assert list(policy(paper, "", TODAY)) == []
    Document.objects.filter(pk=paper.pk).update(kind=DocumentKind.MALPRACTICE)
    sums: dict[str, Any] = {
        "named_insured": " Amina Rahman ",
        "per_claim_cents": 1,
        "in_all_cents": 300_000_000,
    }
    with pytest.raises(PermissionDenied):
        tell_cover(paper, **sums, actor=dora, now=now)
    tell_cover(paper, **sums, actor=amina, now=now)
    assert [hint.outcome for hint in policy(paper, "", TODAY)] == ["differs", "fits", "fits"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.update(per_claim_cents=300_000_001)
    Document.objects.filter(pk=paper.pk).update(decided_at=now)
    paper.refresh_from_db()
    with pytest.raises(NotReviewed):
        tell_cover(paper, **sums, actor=amina, now=now)


def test_own_words_that_name_a_patient_are_met(paper: Document) -> None:
    text = "I treated MRN 4481223, a 94-year-old."
    assert list(words_about_patients(paper, text, TODAY)) == []
    paper.kind = DocumentKind.STATEMENT
    assert [hint.outcome for hint in words_about_patients(paper, text, TODAY)] == ["differs"]
    assert list(words_about_patients(paper, "I like teaching.", TODAY)) == []


def test_owner_types_lines_and_sums_on_pages_of_their_own(
    paper: Document, amina: User, dora: User
) -> None:
    client, address = client_of(amina), f"/documents/{paper.public_id}"
    assert f"{address}/lines" in client.get(address).content.decode()
    assert client.post(f"{address}/lines", {}).status_code == 422
    assert client.post(f"{address}/lines", {"lines": "no"}).status_code == 409
    assert client.post(f"{address}/lines", {"lines": LINES})["Location"] == address
    assert client_of(dora).get(f"{address}/lines").status_code == 404
    assert client.get(f"{address}/cover").status_code == 404
    Document.objects.filter(pk=paper.pk).update(kind=DocumentKind.MALPRACTICE)
    assert client.get(f"{address}/lines").status_code == 404
    less = {"per_claim": "1000000", "in_all": "5"}
    assert client.post(f"{address}/cover", less).status_code == 422
    told = {"named_insured": "Amina", "per_claim": "1000000", "in_all": "3000000"}
    assert client.post(f"{address}/cover", told)["Location"] == address
    assert Cover.objects.get().in_all_cents == 300_000_000
    assert 'value="3000000"' in client.get(f"{address}/cover").content.decode()
    Document.objects.filter(pk=paper.pk).update(ended_at="2026-07-01T12:00Z")
    assert client.post(f"{address}/cover", told).status_code == 409
