import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from applicants.profiles.actions import TooYoung, save_passport
from applicants.profiles.models import Passport, SamePassport
from applicants.profiles.queries import facts_of, passport_of, private_facts_of, profile_for
from tests.factories.reference import CountryFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.cases.models import Case
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
Now = dt.datetime
NUMBER = "K 123 4567"


def test_passport_facts_are_private(amina: User, now: Now) -> None:
    CountryFactory()
    told = {"nationality": "IN", "residence": "IN", "expires_on": dt.date(2030, 1, 2)}
    save_passport(amina, told, actor=amina, now=now)
    profile = profile_for(amina)
    assert private_facts_of(profile) == {
        "nationality": "IN",
        "residence": "IN",
        "passport_expires_on": dt.date(2030, 1, 2),
    }
    assert facts_of(profile) == {}
    assert private_facts_of(None) == {}


def test_number_is_kept_as_a_hash_and_its_end(amina: User, now: Now) -> None:
    kept = save_passport(amina, {"number": NUMBER}, actor=amina, now=now)
    assert kept.number_end == "567"
    assert len(kept.number_hash) == 64
    again = save_passport(amina, {"number": "k1234567"}, actor=amina, now=now)
    assert again.number_hash == kept.number_hash
    (entry,) = AuditEntry.objects.filter(action="profiles.passport.changed")
    assert (entry.reason, entry.changes) == ("number", {})
    assert save_passport(amina, {"number": ""}, actor=amina, now=now).number_hash == ""


def test_hash_depends_on_the_key(amina: User, now: Now, settings: object) -> None:
    first = save_passport(amina, {"number": NUMBER}, actor=amina, now=now).number_hash
    settings.FILES_KEK = b"another key of thirty-two bytes."  # type: ignore[attr-defined]
    assert save_passport(amina, {"number": NUMBER}, actor=amina, now=now).number_hash != first


def test_one_number_on_two_accounts_opens_one_case_and_tells_nobody(
    amina: User, dora: User, now: Now
) -> None:
    for person in (amina, dora):
        save_passport(person, {"number": NUMBER}, actor=person, now=now)
    for number in ("", NUMBER):
        save_passport(amina, {"number": number}, actor=amina, now=now)
    pair, case = SamePassport.objects.get(), Case.objects.get()
    assert {pair.first, pair.second} == {amina, dora}
    assert (case.kind, case.queue, case.subject_id) == ("profiles.same_passport", "trust", pair.pk)
    assert amina.public_id in case.title
    assert "567" not in case.title
    assert not Mail.objects.exists()


def test_people_under_18_are_told_when(amina: User, now: Now) -> None:
    with pytest.raises(TooYoung, match="from 2 July 2026"):
        save_passport(amina, {"born_on": dt.date(2008, 7, 2)}, actor=amina, now=now)
    assert save_passport(amina, {"born_on": dt.date(2008, 7, 1)}, actor=amina, now=now)


def test_passport_is_her_own(amina: User, dora: User, chen: User, now: Now) -> None:
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            save_passport(amina, {"number": NUMBER}, actor=actor, now=now)


def test_page_keeps_the_number_unless_it_is_to_be_forgotten(amina: User) -> None:
    CountryFactory()
    client = client_of(amina)
    typed = {"number": NUMBER, "nationality": "IN", "interview_city": "Mumbai"}
    assert client.post("/profile/passport", typed)["Location"] == "/profile"
    page = client.get("/profile/passport").content.decode()
    assert ("ends in 567" in page, "1234567" in page, "Mumbai" in page) == (True, False, True)
    assert "ends in 567" in client.get("/profile").content.decode()
    client.post("/profile/passport", {"number": "", "nationality": ""})
    kept = passport_of(profile_for(amina))
    assert kept is not None
    assert (kept.number_end, kept.nationality_id, kept.interview_city) == ("567", None, "")
    client.post("/profile/passport", {"forget_number": "on"})
    kept.refresh_from_db()
    assert (kept.number_hash, kept.number_end) == ("", "")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"born_on": "2020-01-01"}, "You are welcome here from 1 January 2038"),
        ({"born_on": "1720-01-01"}, "as in the passport"),
        ({"number": "<b>1"}, "5 to 15 letters"),
        ({"expires_on": "1930-01-01"}, "Check the year"),
        ({"interview_on": "1930-01-01"}, "Check the year"),
        ({"nationality": "XX"}, "not one of the available choices"),
    ],
)
def test_page_says_what_is_wrong_and_keeps_the_rest(
    amina: User, typed: dict[str, str], sentence: str
) -> None:
    response = client_of(amina).post("/profile/passport", {"interview_city": "Mumbai"} | typed)
    page = response.content.decode()
    assert (response.status_code, sentence in page, "Mumbai" in page) == (422, True, True)
    assert not Passport.objects.exists()
