import pytest
from django.db import IntegrityError, transaction

from applicants.profiles.models import Profile
from applicants.profiles.queries import facts_of, profile_for
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["0-123-456-7", "01234567", "0123-4567"])
def test_numbers_are_kept_in_one_shape(amina: User, typed: str) -> None:
    told = {"usmle_id": typed, "aamc_id": "1234 5678", "pathway": "3"}
    client = client_of(amina)
    assert client.post("/profile/numbers", told)["Location"] == "/profile"
    profile = profile_for(amina)
    assert profile is not None
    kept = (profile.usmle_id, profile.aamc_id, profile.pathway, profile.ecfmg_certified_on)
    assert kept == ("0-123-456-7", "12345678", 3, None)
    assert facts_of(profile) == {}
    assert "3 of 4 told" in client.get("/profile").content.decode()
    assert 'value="0-123-456-7"' in client.get("/profile/numbers").content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"usmle_id": "1234567"},
        {"usmle_id": "a-123-456-7"},
        {"aamc_id": "123"},
        {"pathway": "7"},
        {"ecfmg_certified_on": "soon"},
        {"ecfmg_certified_on": "2999-01-01"},
        {"ecfmg_certified_on": "1899-01-01"},
    ],
)
def test_wrong_numbers_stay_in_the_form(amina: User, typed: dict[str, str]) -> None:
    response = client_of(amina).post("/profile/numbers", typed)
    assert response.status_code == 422
    profile = profile_for(amina)
    assert profile is not None
    kept = (profile.usmle_id, profile.aamc_id, profile.pathway, profile.ecfmg_certified_on)
    assert kept == ("", "", None, None)


@pytest.mark.parametrize("wrong", [{"usmle_id": "12345678"}, {"aamc_id": "1"}, {"pathway": 9}])
def test_database_keeps_the_shapes(amina: User, wrong: dict[str, object]) -> None:
    client_of(amina).post("/profile/numbers", {"usmle_id": "01234567"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.filter(user=amina).update(**wrong)


def test_certificate_and_answer_agree(amina: User) -> None:
    client = client_of(amina)
    client.post("/profile/numbers", {"ecfmg_certified_on": "2024-05-06"})
    assert facts_of(profile_for(amina)) == {"ecfmg_certified": True}
    client.post("/profile/facts", {"ecfmg_certified": "no"})
    profile = profile_for(amina)
    assert profile is not None
    assert (profile.ecfmg_certified, profile.ecfmg_certified_on) == (False, None)
