import pytest
from django.test import Client

from applicants.profiles.models import Profile
from applicants.profiles.queries import facts_of, profile_for
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db


def test_facts_page_saves_names_and_facts(client: Client, amina: User) -> None:
    client.force_login(amina)
    response = client.post("/profile/facts", {"given_name": "Amina", "step1_passed": "yes"})
    assert (response.status_code, response["Location"]) == (302, "/profile")
    assert Profile.objects.get(user=amina).given_name == "Amina"
    assert facts_of(profile_for(amina)) == {"step1_passed": True}
    assert "1 of 5 questions answered" in client.get("/profile").content.decode()


def test_facts_page_keeps_what_was_typed(client: Client, amina: User) -> None:
    client.force_login(amina)
    response = client.post("/profile/facts", {"given_name": "Amina", "visa": "gold"})
    assert response.status_code == 422
    assert 'value="Amina"' in response.content.decode()


def test_profile_of_someone_new_is_empty(client: Client, dora: User) -> None:
    client.force_login(dora)
    page = client.get("/profile").content.decode()
    assert "Nothing told yet" in page
    assert profile_for(dora) is None


@pytest.mark.parametrize(
    "page", ["/profile", "/profile/facts", "/profile/exams", "/profile/school"]
)
def test_profile_needs_a_person_who_applies(client: Client, chen: User, page: str) -> None:
    assert client.get(page).status_code == 302
    assert client_of(chen).get(page).status_code == 403
