import pytest

from applicants.profiles.forms import QUESTIONS, FactsForm
from applicants.profiles.queries import FACTS
from tests.factories.reference import CountryFactory


def test_form_asks_only_what_is_named() -> None:
    assert list(FactsForm(fields=["visa", "step1_passed"]).fields) == ["visa", "step1_passed"]


def test_every_question_says_why_and_who_sees_it() -> None:
    assert set(QUESTIONS) == set(FACTS)
    for name, make in QUESTIONS.items():
        text = str(make().help_text) if name != "school_country" else "Why we ask see it"
        assert "Why we ask" in text
        assert "see it" in text


def test_answers_become_facts() -> None:
    form = FactsForm(
        {"visa": "", "step1_passed": "no", "graduation_year": "2021"},
        fields=["visa", "step1_passed", "graduation_year", "status"],
    )
    assert form.is_valid()
    assert form.facts() == {
        "visa": None,
        "step1_passed": False,
        "graduation_year": 2021,
        "status": None,
    }


def test_known_facts_are_shown_as_answers() -> None:
    form = FactsForm(initial={"step1_passed": False}, fields=["step1_passed"])
    assert form["step1_passed"].value() == "no"


@pytest.mark.parametrize(
    ("name", "value"), [("graduation_year", "1492"), ("visa", "gold"), ("status", "nurse")]
)
def test_nonsense_is_refused(name: str, value: str) -> None:
    assert not FactsForm({name: value}, fields=[name]).is_valid()


@pytest.mark.django_db
def test_country_comes_from_the_reference() -> None:
    CountryFactory()
    assert FactsForm({"school_country": "IN"}, fields=["school_country"]).is_valid()
    assert not FactsForm({"school_country": "XX"}, fields=["school_country"]).is_valid()
