import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rotations.catalog.actions import publish_rotation, submit_rotation
from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.providers import notifications as providers
from rotations.providers.actions import submit_provider
from rotations.providers.models import Provider, Role
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.providers import MemberFactory, PreceptorFactory, ProviderFactory, SiteFactory
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User
from usce.cases.actions import claim_case
from usce.cases.models import Case
from usce.cases.states import CaseState
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

HOSTILE = '<img src=x onerror=alert(1)>"{{7*7}}'


@pytest.fixture
def vera(db: None) -> User:
    """She verifies, as staff."""
    return UserFactory(
        email="vera@example.test", full_name="Vera Lund", staff_roles=[StaffRole.VERIFIER]
    )


@pytest.fixture
def handed_in(provider: Provider, bruno: User) -> Provider:
    Provider.objects.update(state=ProviderState.DRAFT)
    return submit_provider(provider, actor=bruno, now=timezone.now())


@pytest.fixture
def listing(provider: Provider, bruno: User) -> Rotation:
    rotation = RotationFactory(provider=provider, state=RotationState.DRAFT, published_at=None)
    OpeningFactory(rotation=rotation, starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 3, 26))
    looked_up(rotation)
    return submit_rotation(rotation, actor=bruno, now=timezone.now())


def looked_up(rotation: Rotation) -> None:
    rotation.preceptor.license_checked_on = dt.date(2026, 5, 2)
    rotation.preceptor.save()


def provider_page(provider: Provider) -> str:
    return f"/staff/providers/{provider.public_id}"


def listing_page(rotation: Rotation) -> str:
    return f"/staff/listings/{rotation.public_id}"


def words(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def posted(client: Client, address: str, **told: str) -> Any:
    return client.post(address, told, follow=True)


def test_provider_handed_in_waits_in_the_verifiers_queue(handed_in: Provider, vera: User) -> None:
    page = words(client_of(vera), "/staff/")
    assert handed_in.name in page
    assert "Provider" in page
    case = Case.objects.get()
    assert words(client_of(vera), f"/staff/cases/{case.public_id}").count(handed_in.name) > 0


def test_provider_page_shows_places_people_and_listings(
    handed_in: Provider, listing: Rotation, vera: User
) -> None:
    listing.preceptor.npi = "1234567893"
    listing.preceptor.save()
    page = words(client_of(vera), provider_page(handed_in))
    for word in ("Lakeshore Clinic", "Daniel Ortiz", "1234567893", "DEMO-0001", "Bruno Keller"):
        assert word in page
    assert listing.title in page


def test_verified_provider_is_told_and_the_next_case_opens(
    handed_in: Provider, bruno: User, vera: User
) -> None:
    other = ProviderFactory(name="Hillside Clinic", state=ProviderState.DRAFT)
    owner = MemberFactory(provider=other).user
    submit_provider(other, actor=owner, now=timezone.now())
    address = f"{provider_page(handed_in)}?type=providers.verification"
    response = posted(client_of(vera), address, decision="verify", reason="")
    assert response.redirect_chain[-1][0] == (f"{provider_page(other)}?type=providers.verification")
    assert f"{handed_in.name}: checked" in response.content.decode()
    handed_in.refresh_from_db()
    assert handed_in.state == ProviderState.VERIFIED
    assert Mail.objects.get(event="providers.verified").address == bruno.email


def test_returned_provider_reads_why(handed_in: Provider, bruno: User, vera: User) -> None:
    client, page = client_of(vera), provider_page(handed_in)
    missing = posted(client, page, decision="return", reason=" ")
    assert missing.status_code == 422
    assert "the provider&#x27;s team reads this sentence" in missing.content.decode()
    posted(client, page, decision="return", reason="The website belongs to another clinic.")
    handed_in.refresh_from_db()
    assert handed_in.state == ProviderState.DRAFT
    deliver(Mail.objects.get(), now=timezone.now())
    assert "The website belongs to another clinic." in str(mail.outbox[0].body)
    assert "The website belongs to another clinic." in words(client_of(bruno), "/p/lakeshore/")
    assert "The website belongs to another clinic." in words(client, page)
    submit_provider(handed_in, actor=bruno, now=timezone.now())
    assert "belongs to another" not in words(client_of(bruno), "/p/lakeshore/")


def test_suspending_needs_a_reason_and_tells_the_team(
    provider: Provider, bruno: User, vera: User
) -> None:
    client, page = client_of(vera), provider_page(provider)
    assert posted(client, page, decision="suspend", reason="").status_code == 422
    response = posted(client, page, decision="suspend", reason="No answer for 30 days.")
    assert response.redirect_chain[-1][0] == page
    provider.refresh_from_db()
    assert provider.state == ProviderState.SUSPENDED
    assert Mail.objects.get().facts["reason"] == "No answer for 30 days."
    posted(client, page, decision="verify", reason="")
    provider.refresh_from_db()
    assert provider.state == ProviderState.VERIFIED


def test_decision_that_the_state_does_not_allow_is_no_choice(
    provider: Provider, vera: User
) -> None:
    response = posted(client_of(vera), provider_page(provider), decision="return", reason="x")
    assert response.status_code == 422
    provider.refresh_from_db()
    assert provider.state == ProviderState.VERIFIED


def test_license_look_up_is_written_down_with_source_and_next_date(
    handed_in: Provider, vera: User
) -> None:
    person = PreceptorFactory(provider=handed_in)
    client, page = client_of(vera), f"/staff/preceptors/{person.public_id}/license"

    def told(checked_on: str, next_on: str, source: str = "Illinois IDFPR") -> dict[str, str]:
        name = person.public_id
        return {
            f"{name}-checked_on": checked_on, f"{name}-next_check_on": next_on,
            f"{name}-source": source,
        }  # fmt: skip

    with time_machine.travel(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)):
        late = posted(client, page, **told("2026-07-02", "2027-07-01"))
        assert "This day has not come yet." in late.content.decode()
        early = posted(client, page, **told("2026-07-01", "2026-07-01"))
        assert early.status_code == 422
        assert posted(client, page, **told("2026-07-01", "2027-07-01", "")).status_code == 422
        done = posted(client, page, **told("2026-07-01", "2027-07-01"))
    assert "Illinois IDFPR" in done.content.decode()
    person.refresh_from_db()
    assert person.license_next_check_on == dt.date(2027, 7, 1)


def test_listing_is_shown_as_the_public_will_see_it(listing: Rotation, vera: User) -> None:
    with time_machine.travel(dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)):
        page = words(client_of(vera), listing_page(listing))
    for word in ("What you will do", "1 to 26 March 2027", "$1,650.00", "Only the provider"):
        assert word in page
    assert ">Apply<" not in page


def test_published_listing_is_public_and_the_team_is_told(
    listing: Rotation, bruno: User, vera: User
) -> None:
    response = posted(client_of(vera), listing_page(listing), decision="publish", reason="")
    assert "Nothing waits for you." in response.content.decode()
    listing.refresh_from_db()
    assert listing.state == RotationState.PUBLISHED
    assert Mail.objects.get().event == "catalog.published"
    assert Case.objects.get().state == CaseState.DECIDED


def test_returned_listing_is_a_draft_with_its_reason(
    listing: Rotation, bruno: User, vera: User
) -> None:
    client, page = client_of(vera), listing_page(listing)
    assert posted(client, page, decision="return", reason="").status_code == 422
    posted(client, page, decision="return", reason="Say who writes the letter.")
    listing.refresh_from_db()
    assert listing.state == RotationState.DRAFT
    deliver(Mail.objects.get(), now=timezone.now())
    assert mail.outbox[0].subject == f"One thing to change for {listing.title}"
    assert "Say who writes the letter." in words(client_of(bruno), "/p/lakeshore/")
    submit_rotation(listing, actor=bruno, now=timezone.now())
    assert "Say who writes" not in words(client_of(bruno), "/p/lakeshore/")


def test_listing_without_a_license_look_up_stays_and_says_so(listing: Rotation, vera: User) -> None:
    listing.preceptor.license_checked_on = None
    listing.preceptor.save()
    response = posted(client_of(vera), listing_page(listing), decision="publish", reason="")
    assert response.status_code == 409
    assert "has to be looked up first" in response.content.decode()
    assert Case.objects.get().state == CaseState.OPEN


def test_listing_decided_elsewhere_says_so(listing: Rotation, vera: User) -> None:
    other = UserFactory(staff_roles=[StaffRole.VERIFIER])
    publish_rotation(Rotation.objects.get(pk=listing.pk), actor=other, now=timezone.now())
    page = listing_page(listing)
    late = posted(client_of(vera), page, decision="return", reason="Late.")
    assert late.status_code == 422  # what is public is not returned
    assert "Nothing to decide at present" in late.content.decode()


def test_case_taken_by_another_verifier_is_not_decided(listing: Rotation, vera: User) -> None:
    other = UserFactory(staff_roles=[StaffRole.VERIFIER])
    claim_case(Case.objects.get(), actor=other, now=timezone.now())
    response = posted(client_of(vera), listing_page(listing), decision="publish", reason="")
    assert response.status_code == 409
    assert "Somebody else has taken this case" in response.content.decode()
    listing.refresh_from_db()
    assert listing.state == RotationState.IN_REVIEW
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("amina", 404), ("bruno", 404), ("dora", 404), ("chen", 403), ("fay", 403)]
)
def test_pages_are_for_verifiers(
    who: str, status: int, listing: Rotation, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    person = listing.preceptor.public_id
    for address in (provider_page(listing.provider), listing_page(listing)):
        assert client.get(address).status_code == status
        assert client.post(address, {"decision": "verify"}).status_code == status
    assert client.post(f"/staff/preceptors/{person}/license").status_code == status


@pytest.mark.parametrize("count", [0, 1, 3])
def test_provider_page_takes_the_same_queries_for_any_number(
    vera: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    provider = ProviderFactory()
    for number in range(count):
        site = SiteFactory(provider=provider, name=f"Site {number}")
        person = PreceptorFactory(provider=provider, name=f"Doctor {number}")
        RotationFactory(provider=provider, site=site, preceptor=person, title=f"Row {number}")
        MemberFactory(provider=provider, user__full_name=f"Member {number}")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = client_of(vera)
        client.get(provider_page(provider))
        clock.shift(5)  # within a minute the session is not touched again
        with django_assert_num_queries(10):
            page = client.get(provider_page(provider)).content.decode()
    for name in ("Site", "Doctor", "Row", "Member"):
        assert [f"{name} {n}" in page for n in range(4)] == [n < count for n in range(4)]


def test_hostile_words_stay_words(
    provider: Provider, bruno: User, listing: Rotation, vera: User
) -> None:
    Provider.objects.update(name=HOSTILE, about=HOSTILE)
    Rotation.objects.update(title=HOSTILE, summary=HOSTILE)
    listing.preceptor.name = listing.preceptor.license_source = HOSTILE
    listing.preceptor.save()
    listing.site.name = listing.site.street = HOSTILE
    listing.site.save()
    User.objects.filter(pk=bruno.pk).update(full_name=HOSTILE)
    client = client_of(vera)
    for address in (provider_page(provider), listing_page(listing)):
        page = words(client, address)
        assert "<img src=x" not in page
        assert "{{7*7}}" in page
    posted(client, listing_page(listing), decision="return", reason=HOSTILE)
    deliver(Mail.objects.get(), now=timezone.now())
    sent: Any = mail.outbox[0]
    assert "<img src=x" not in sent.alternatives[0][0]
    assert "<img src=x" not in words(client_of(bruno), "/p/lakeshore/")


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (providers.VERIFIED, "Lakeshore Medical Group was checked"),
        (providers.RETURNED, "One thing to change for Lakeshore Medical Group"),
        (providers.SUSPENDED, "Lakeshore Medical Group is not shown at present"),
    ],
)
def test_mails_to_the_team_are_told_in_full(
    event: str, subject: str, provider: Provider, bruno: User, now: dt.datetime
) -> None:
    MemberFactory(provider=provider, role=Role.SCHEDULER)
    providers.tell_team(event, provider, now=now, reason="First line.\nSecond line.")
    deliver(Mail.objects.get(), now=now)
    sent: Any = mail.outbox[0]
    assert (sent.subject, sent.to) == (subject, [bruno.email])
    for body in (sent.body, sent.alternatives[0][0]):
        assert "/p/lakeshore/" in body
        assert ("Second line." in body) is (event != providers.VERIFIED)


def test_mail_of_a_public_listing_leads_to_its_page(
    listing: Rotation, bruno: User, vera: User
) -> None:
    publish_rotation(listing, actor=vera, now=timezone.now())
    deliver(Mail.objects.get(), now=timezone.now())
    assert mail.outbox[0].subject == f"{listing.title} is public"
    assert f"/rotations/{listing.public_id}-{listing.slug}" in str(mail.outbox[0].body)
