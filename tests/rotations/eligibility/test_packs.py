"""Rule packs: their files, what of them bears on a listing, and what only the person is told."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotations.catalog.models import RotationKind
from rotations.eligibility.actions import PackChanged, note_packs
from rotations.eligibility.models import RulePack
from rotations.eligibility.queries import packs_noted
from rotations.eligibility.rules import KINDS, Facts, Rule, Stay, Verdict, VerdictOutcome, evaluate
from rotations.eligibility.rules import packs as packs_room
from rotations.eligibility.rules.kinds import STATUSES, VISAS
from rotations.eligibility.rules.notices import Private, notices, refusal_of
from rotations.eligibility.rules.packs import (
    Place,
    is_hands_on,
    pack,
    packs,
    refusals,
    text_rules,
)
from usce.permissions import SYSTEM
from usce.reference.actions import load_reference
from usce.reference.models import Country, State

TODAY = dt.date(2026, 11, 27)
STAY = Stay(dt.date(2027, 3, 29), dt.date(2027, 4, 23), TODAY)
LONG = replace(STAY, ends_on=STAY.starts_on + dt.timedelta(90))
EXTERNSHIP = Place("externship", "TX", is_hands_on=True, in_person=True)
PRIVATE = {"nationality", "religion", "sex", "gender", "age", "born", "family", "residence"}
ALLOWS = ("you may", "you can", "allowed", "permits", "entitles")


def judged(place: Place, stay: Stay = STAY, **facts: Any) -> Verdict:
    return evaluate(text_rules(place, TODAY), Facts(**facts), stay=stay)


def told(place: Place, stay: Stay = STAY, **facts: Any) -> dict[str, str]:
    return {f.kind.removeprefix("text:"): f.outcome for f in judged(place, stay, **facts).findings}


def test_graduate_with_a_visitor_visa_reads_the_rule_text_of_hands_on_work() -> None:
    verdict = judged(EXTERNSHIP, status="graduate", visa="b1_b2")
    assert verdict.outcome == VerdictOutcome.CANNOT_APPLY
    assert verdict.sentence.startswith("The rule text says: hands-on work by graduates")
    assert verdict.sentence.endswith("you are a medical graduate. You have a B-1 or B-2 visa.")
    (found,) = verdict.findings
    assert (found.source[:5], found.checked_on, found.group) == ("9 FAM", TODAY, "text")


@pytest.mark.parametrize(
    ("facts", "texts"),
    [
        ({}, {"graduate_visitor_hands_on": "unknown"}),
        ({"status": "graduate"}, {"graduate_visitor_hands_on": "unknown"}),
        ({"status": "graduate", "visa": "resident"}, {}),
        ({"status": "graduate", "visa": "none"}, {"graduate_no_visa_hands_on": "unknown"}),
        ({"status": "student", "visa": "b1_b2"}, {"student_visitor_hands_on": "unknown"}),
        ({"status": "student"}, {}),
        ({"visa": "dependent"}, {"dependent_hands_on": "unknown"}),
    ],
)
def test_text_is_read_for_whom_it_is_about(facts: dict[str, Any], texts: dict[str, str]) -> None:
    assert told(EXTERNSHIP, **facts) == texts


def test_observing_meets_no_text_and_neither_does_work_from_home() -> None:
    observe = Place("observership", "TX", is_hands_on=False, in_person=True)
    assert told(observe, status="graduate", visa="b1_b2") == {}
    remote = replace(EXTERNSHIP, in_person=False)
    assert text_rules(remote, TODAY) == []


def test_stay_on_esta_lasts_ninety_days() -> None:
    observe = Place("observership", "TX", is_hands_on=False, in_person=True)
    assert told(observe, LONG, visa="esta") == {"esta_stay": "not_met"}
    assert judged(observe, LONG, visa="esta").outcome == VerdictOutcome.CAN_APPLY


@pytest.mark.parametrize(
    ("state", "kind", "status", "text"),
    [
        ("NJ", "observership", "graduate", "nj_observers"),
        ("CA", "clerkship", "student", "ca_students_ratio"),
        ("CA", "externship", "graduate", "ca_graduates_permit"),
        ("MI", "externship", "graduate", "mi_graduates_license"),
    ],
)
def test_states_add_their_own(state: str, kind: str, status: str, text: str) -> None:
    place = Place(kind, state, is_hands_on=True, in_person=True)
    assert text in told(place, status=status, visa="resident")
    assert text not in told(replace(place, state="TX"), status=status, visa="resident")


def test_california_limits_the_weeks_of_students() -> None:
    place = Place("clerkship", "CA", is_hands_on=True, in_person=True)
    assert told(place, LONG, status="student", visa="resident")["ca_students_weeks"] == "not_met"


@given(
    st.sampled_from(RotationKind.values), st.sampled_from(["NJ", "CA", "MI", "TX"]),
    st.booleans(), st.sampled_from(sorted(STATUSES)), st.sampled_from(sorted(VISAS)),
)  # fmt: skip
def test_no_text_ever_allows(kind: str, state: str, hands_on: bool, status: str, visa: str) -> None:
    place = Place(kind, state, is_hands_on=hands_on, in_person=True)
    for finding in judged(place, status=status, visa=visa).findings:
        assert finding.outcome != "met"
        words = f"{finding.rule} {finding.next_step}".lower()
        assert not [word for word in ALLOWS if word in words]


@pytest.mark.parametrize("one", packs(), ids=lambda one: one.key)
def test_every_row_has_a_source_and_its_days(one: packs_room.Pack) -> None:
    assert len({row["id"] for row in one.rows}) == len(one.rows)
    for row in one.rows:
        assert row["source"]
        assert row["checked_on"] <= TODAY
        assert row["valid_from"] <= row["valid_to"]
    assert one.rows_on(one.valid_from - dt.timedelta(1)) == []


@pytest.mark.django_db
def test_rows_name_countries_and_states_that_we_know() -> None:
    load_reference()
    countries = set(Country.objects.values_list("code", flat=True))
    states = set(State.objects.values_list("code", flat=True))
    for one in packs():
        for row in one.rows:
            assert set(row.get("countries", [])) <= countries
            assert set(row.get("states", [])) <= states
            assert set(row.get("kinds", [])) <= set(RotationKind.values)
            assert set(row.get("statuses", [])) <= set(STATUSES)
            assert set(row.get("visas", [])) <= set(VISAS)


def test_what_stands_in_the_way_is_the_same_for_all_dates() -> None:
    """The search says it by listing, not by opening."""
    assert [row for row in refusals(TODAY) if "most_days" in row] == []


def test_nothing_private_can_be_a_requirement() -> None:
    facts = {fact for kind in KINDS.values() for fact in kind.facts}
    read = {*facts, *KINDS, *Facts.__dataclass_fields__}
    assert not [name for name in read for word in PRIVATE if word in name.split("_")]
    for row in (*pack("visa_text").rows, *pack("state_text").rows):
        assert not {"countries", "nationality", "residence"} & set(row)


@pytest.mark.django_db
def test_packs_are_noted_once_and_again_when_rows_come_into_force(now: dt.datetime) -> None:
    early = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
    assert note_packs(actor=SYSTEM, now=early) == [one.name for one in packs()]
    assert note_packs(actor=SYSTEM, now=early) == []
    assert note_packs(actor=SYSTEM, now=early + dt.timedelta(1)) == ["entry 1"]
    assert packs_noted(early + dt.timedelta(1))
    assert not packs_noted(now)


@pytest.mark.django_db
def test_pack_that_changed_under_its_version_is_refused(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_packs(actor=SYSTEM, now=now)
    changed = replace(pack("entry"), sha256="0" * 64)
    monkeypatch.setattr("rotations.eligibility.actions.packs", lambda: [changed])
    with pytest.raises(PackChanged, match="entry"):
        note_packs(actor=SYSTEM, now=now)
    newer = replace(changed, version=2)
    monkeypatch.setattr("rotations.eligibility.actions.packs", lambda: [newer])
    assert note_packs(actor=SYSTEM, now=now) == ["entry 2"]
    assert RulePack.objects.filter(key="entry").count() == 2


def shown(private: Private, *, in_person: bool = True, visa: str | None = None) -> list[str]:
    found = notices(private, STAY, in_person=in_person, visa=visa, lead_days=60)
    return [notice.title for notice in found]


def test_bar_to_entry_is_a_notice_for_in_person_alone() -> None:
    assert shown(Private("AF")) == ["Entry to the United States"]
    assert shown(Private("AF"), in_person=False) == []
    assert shown(Private("AF"), visa="resident") == []
    assert shown(Private("FR")) == []


@pytest.mark.parametrize(
    ("nationality", "expires", "warns"),
    [
        ("IN", STAY.ends_on, False),
        ("IN", STAY.ends_on - dt.timedelta(1), True),
        ("BD", dt.date(2027, 10, 23), False),
        ("BD", dt.date(2027, 10, 22), True),
        ("", dt.date(2027, 10, 22), True),
    ],
)
def test_passport_lasts_six_months_beyond_unless_its_country_agreed(
    nationality: str, expires: dt.date, warns: bool
) -> None:
    assert bool(shown(Private(nationality, passport_expires_on=expires))) == warns


def test_passport_notice_names_the_day_to_renew_by() -> None:
    private = Private("BD", passport_expires_on=dt.date(2027, 5, 1))
    (found,) = notices(private, STAY, in_person=True, visa=None, lead_days=60)
    assert "valid until 23 October 2027" in found.sentence
    assert found.next_step.startswith("Ask for a new one by 28 January 2027")
    soon = replace(STAY, today=dt.date(2027, 2, 1))
    (late,) = notices(private, soon, in_person=True, visa=None, lead_days=60)
    assert late.next_step.startswith("Ask for a new one at once")


def test_sanctions_go_by_residence_never_by_nationality() -> None:
    assert shown(Private(residence="IR"), in_person=False) == ["Where you live"]
    assert shown(Private(nationality="IR", residence="DE"), in_person=False) == []
    assert "remote rotations" in refusal_of("IR", TODAY, "remote")
    assert "payments" in refusal_of("IR", TODAY, "payments")
    assert refusal_of("", TODAY, "remote") == refusal_of("DE", TODAY, "payments") == ""


def test_sanction_may_be_on_money_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**pack("sanctions").rows[0], "countries": ["XX"], "refuses": ["payments"]}
    only = replace(pack("sanctions"), rows=(row,))
    monkeypatch.setattr("rotations.eligibility.rules.notices.pack", lambda _key: only)
    assert refusal_of("XX", TODAY, "remote") == ""
    (found,) = notices(Private(residence="XX"), STAY, in_person=False, visa=None, lead_days=60)
    assert found.sentence == refusal_of("XX", TODAY, "payments")
    assert (found.source, found.checked_on) == (row["source"], row["checked_on"])


def test_every_sanction_says_what_it_refuses() -> None:
    for row in pack("sanctions").rows:
        assert set(row["refuses"]) <= {"remote", "payments"}
        assert row["refuses"]
        assert row["source"]


def test_kind_or_a_duty_makes_work_hands_on() -> None:
    assert is_hands_on("externship", assists=False)
    assert is_hands_on("observership", assists=True)
    assert not is_hands_on("observership", assists=False)


def test_host_sees_its_own_rules_and_neither_papers_nor_texts() -> None:
    place = Place("externship", "CA", is_hands_on=True, in_person=True)
    rules = [Rule("step1_passed"), Rule("tb_test", weight="by_start"), *text_rules(place, TODAY)]
    facts = Facts(status="graduate", visa="b1_b2")
    verdict = evaluate(rules, facts, stay=STAY)
    assert {finding.group for finding in verdict.findings} == {"host", "paper", "text"}
    assert [finding.kind for finding in verdict.for_host] == ["step1_passed"]
