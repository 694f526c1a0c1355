import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from applicants.profiles.actions import ensure_profile, merge_facts, save_facts
from applicants.profiles.models import Profile
from applicants.profiles.queries import facts_of, profile_for
from payments.models import PartyMember
from tests.factories.reference import CountryFactory
from usce.accounts.models import User
from usce.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
Now = dt.datetime


def test_profile_is_made_once_with_its_party(dora: User, now: Now) -> None:
    assert profile_for(dora) is None
    made = ensure_profile(dora, now=now)
    assert ensure_profile(dora, now=now) == made
    assert PartyMember.objects.get(user=dora).party == made.party


def test_facts_are_kept_and_read_back(amina: User, now: Now) -> None:
    CountryFactory()
    told = {"status": "graduate", "school_country": "IN", "step1_passed": False}
    save_facts(amina, told, actor=amina, now=now)
    assert facts_of(profile_for(amina)) == told


def test_an_answer_can_be_taken_back(amina: User, now: Now) -> None:
    save_facts(amina, {"visa": "j1", "graduation_year": 2020}, actor=amina, now=now)
    save_facts(amina, {"visa": None, "graduation_year": None}, actor=amina, now=now)
    assert facts_of(profile_for(amina)) == {}


def test_names_are_cleaned(amina: User, now: Now) -> None:
    save_facts(amina, {"given_name": "  Ami\u202ena \n"}, actor=amina, now=now)
    assert Profile.objects.get(user=amina).given_name == "Amina"


def test_audit_names_what_changed_never_the_value(amina: User, now: Now) -> None:
    save_facts(amina, {"visa": "j1", "status": "student"}, actor=amina, now=now)
    save_facts(amina, {"visa": "j1"}, actor=amina, now=now)
    (entry,) = AuditEntry.objects.filter(action="profiles.profile.changed")
    assert (entry.reason, entry.changes) == ("status, visa", {})


def test_facts_are_her_own(amina: User, dora: User, chen: User, now: Now) -> None:
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            save_facts(amina, {"visa": "j1"}, actor=actor, now=now)
    with pytest.raises(PermissionDenied):
        save_facts(chen, {"visa": "j1"}, actor=chen, now=now)


def test_unknown_fact_is_an_error(amina: User, now: Now) -> None:
    with pytest.raises(KeyError):
        save_facts(amina, {"religion": "none"}, actor=amina, now=now)


def test_merge_keeps_what_the_profile_says(amina: User, now: Now) -> None:
    save_facts(amina, {"visa": "j1"}, actor=amina, now=now)
    told = {"visa": "esta", "status": "student", "step1_passed": None, "religion": "x"}
    merge_facts(amina, told, actor=amina, now=now)
    assert facts_of(profile_for(amina)) == {"visa": "j1", "status": "student"}


def test_session_facts_become_hers_at_sign_in(client: Client, dora: User) -> None:
    session = client.session
    session["facts"] = {"step1_passed": True}
    session.save()
    client.force_login(dora)
    assert facts_of(profile_for(dora)) == {"step1_passed": True}
    assert "facts" not in client.session


def test_staff_get_no_profile_at_sign_in(client: Client, chen: User) -> None:
    session = client.session
    session["facts"] = {"step1_passed": True}
    session.save()
    client.force_login(chen)
    assert profile_for(chen) is None
