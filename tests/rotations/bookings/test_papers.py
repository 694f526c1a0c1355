"""Papers from the applicant to the host: her choice, its stage, written down, taken back."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from applicants.documents.actions import InUse, accept_document, remove_document
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from rotations.applications.models import Application
from rotations.bookings.actions import NotReady, TooEarly, send_paper, take_back_paper
from rotations.bookings.models import Offer, SentPaper
from rotations.bookings.papers import lines_of
from rotations.catalog.models import Opening
from tests.factories.catalog import RequirementFactory
from tests.factories.papers import checked
from tests.factories.stories import an_offer, name
from tests.factories.visits import client_of
from tests.support.pdf import text_of
from usce.accounts.models import User
from usce.accounts.signing import sign_text
from usce.accounts.texts import TRUTHFUL_PAPERS
from usce.audit.models import AccessLog

ISSUED = dt.date(2026, 6, 1)


@pytest.fixture
def offer(opening: Opening, amina: User, now: dt.datetime, scanner: object) -> Offer:
    name(amina)
    RequirementFactory(rotation=opening.rotation, kind="tb_test", weight="by_start", params={})
    return an_offer(opening, amina, now)


def paper(kind: DocumentKind, owner: User, chen: User, now: dt.datetime) -> Document:
    dates: dict[str, Any] = {"issued_on": ISSUED, "expires_on": None}
    if kind == DocumentKind.PASSPORT:
        dates = {"issued_on": None, "expires_on": dt.date(2031, 1, 1)}
    document = checked(owner, now, kind=kind, **dates)
    return accept_document(document, actor=chen, now=now, **dates)


@pytest.fixture
def passport(amina: User, chen: User, now: dt.datetime, offer: Offer) -> Document:
    return paper(DocumentKind.PASSPORT, amina, chen, now)


@pytest.fixture
def tb(amina: User, chen: User, now: dt.datetime, offer: Offer) -> Document:
    return paper(DocumentKind.TB_TEST, amina, chen, now)


def rooms(offer: Offer) -> str:
    application = offer.application
    return f"/p/{application.rotation.provider.slug}/applicants/{application.public_id}/papers"


def test_host_sees_what_is_sent_and_only_that(
    offer: Offer, passport: Document, tb: Document, amina: User, bruno: User, now: dt.datetime
) -> None:
    host = client_of(bruno)
    assert b"No paper has been sent" in host.get(rooms(offer)).content
    send_paper(offer.application, passport, actor=amina, now=now)
    listed = host.get(rooms(offer)).content.decode()
    assert "Passport page" in listed
    assert "TB test" not in listed


def test_health_papers_wait_for_the_confirmed_seat(
    offer: Offer, tb: Document, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(TooEarly, match="after the seat is confirmed"):
        send_paper(offer.application, tb, actor=amina, now=now)
    Application.objects.update(state="booked")
    assert send_paper(offer.application, tb, actor=amina, now=now).document == tb


def test_nothing_is_sent_before_an_offer(
    offer: Offer, passport: Document, amina: User, now: dt.datetime
) -> None:
    Application.objects.update(state="forwarded")
    with pytest.raises(TooEarly, match="after an offer"):
        send_paper(offer.application, passport, actor=amina, now=now)


def test_only_what_was_accepted_is_sent(offer: Offer, amina: User, now: dt.datetime) -> None:
    unread = checked(amina, now, kind=DocumentKind.PASSPORT, expires_on=dt.date(2031, 1, 1))
    with pytest.raises(NotReady):
        send_paper(offer.application, unread, actor=amina, now=now)


def test_nobody_sends_for_another_nor_anothers_paper(
    offer: Offer, passport: Document, amina: User, dora: User, bruno: User, chen: User,
    now: dt.datetime,
) -> None:  # fmt: skip
    for actor in (dora, bruno, chen):
        with pytest.raises(PermissionDenied):
            send_paper(offer.application, passport, actor=actor, now=now)
    theirs = paper(DocumentKind.PASSPORT, dora, chen, now)
    with pytest.raises(PermissionDenied):
        send_paper(offer.application, theirs, actor=amina, now=now)
    assert not SentPaper.objects.exists()


def test_sent_version_is_held_and_taking_back_hides_it(
    offer: Offer, passport: Document, amina: User, bruno: User, now: dt.datetime
) -> None:
    sent = send_paper(offer.application, passport, actor=amina, now=now)
    assert send_paper(offer.application, passport, actor=amina, now=now) == sent
    with pytest.raises(InUse):
        remove_document(passport, actor=amina, now=now)
    host = client_of(bruno)
    assert host.get(f"{rooms(offer)}/{sent.public_id}").status_code == 200
    take_back_paper(sent, actor=amina, now=now)
    for path in ("", "/pages/1", "/file"):
        assert host.get(f"{rooms(offer)}/{sent.public_id}{path}").status_code == 404
    again = send_paper(offer.application, passport, actor=amina, now=now)
    assert (again, again.taken_back_at) == (sent, None)


def test_ended_application_shows_nothing_more(
    offer: Offer, passport: Document, amina: User, bruno: User, now: dt.datetime
) -> None:
    sent = send_paper(offer.application, passport, actor=amina, now=now)
    Application.objects.update(state="withdrawn", ended_at=now)
    host = client_of(bruno)
    assert host.get(f"{rooms(offer)}/{sent.public_id}/file").status_code == 404
    assert "Passport" not in host.get(rooms(offer)).content.decode().split("<h1>")[1][:200]


def test_each_opening_is_written_down_with_the_readers_name(
    offer: Offer, passport: Document, amina: User, bruno: User, now: dt.datetime
) -> None:
    sent = send_paper(offer.application, passport, actor=amina, now=now)
    host = client_of(bruno)
    assert host.get(f"{rooms(offer)}/{sent.public_id}").status_code == 200
    assert host.get(f"{rooms(offer)}/{sent.public_id}/pages/1").getvalue()[:2] == b"\xff\xd8"
    assert host.get(f"{rooms(offer)}/{sent.public_id}/pages/2").status_code == 404
    host.get(f"{rooms(offer)}/{sent.public_id}/file").getvalue()
    seen = AccessLog.objects.order_by("id").values_list("viewer", "subject", "what")
    assert list(seen) == [
        (bruno.pk, amina.pk, "Passport page opened"),
        (bruno.pk, amina.pk, "Passport page downloaded"),
    ]
    assert b"Passport page opened" in client_of(amina).get("/access").content


def test_strangers_find_nothing(
    offer: Offer, passport: Document, amina: User, dora: User, chen: User, now: dt.datetime
) -> None:
    sent = send_paper(offer.application, passport, actor=amina, now=now)
    for person in (dora, chen):
        for path in ("", f"/{sent.public_id}", f"/{sent.public_id}/file"):
            assert client_of(person).get(rooms(offer) + path).status_code == 404
        own = f"/applications/{offer.application.public_id}/papers"
        assert client_of(person).get(own).status_code == 404
    other = client_of(amina)
    assert other.get(rooms(offer)).status_code == 404


def test_applicant_sees_what_is_wanted_and_sends_it(
    offer: Offer, passport: Document, amina: User
) -> None:
    client: Client = client_of(amina)
    address = f"/applications/{offer.application.public_id}/papers"
    page = client.get(address).content.decode()
    assert page.count("Not here yet") == 2  # photo and TB test
    assert page.count("Send it to the host") == 1
    answer = client.post(f"{address}/send", {"paper": passport.public_id})
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "Take it back" in page
    client.post(f"{address}/take-back", {"paper": SentPaper.objects.get().public_id})
    assert "Take it back" not in client.get(address).content.decode()
    assert client.post(f"{address}/send", {"paper": "nonsense"}).status_code == 404


def test_refusal_is_said_on_the_page(offer: Offer, tb: Document, amina: User) -> None:
    address = f"/applications/{offer.application.public_id}/papers"
    answer = client_of(amina).post(f"{address}/send", {"paper": tb.public_id})
    assert answer.status_code == 409
    assert b"after the seat is confirmed" in answer.content


def test_paper_that_ends_before_the_rotation_says_so(
    offer: Offer, tb: Document, amina: User
) -> None:
    Document.objects.filter(pk=tb.pk).update(valid_until=offer.opening.ends_on - dt.timedelta(1))
    lines = lines_of(offer, offer.application, dt.date(2026, 7, 1))
    line = next(line for line in lines if line.kind == "tb_test")
    assert line.is_short
    page = client_of(amina).get(f"/offers/{offer.public_id}").content.decode()
    assert "Does not serve" in page


def test_newer_version_has_to_be_sent_itself(
    offer: Offer, passport: Document, amina: User, chen: User, now: dt.datetime
) -> None:
    send_paper(offer.application, passport, actor=amina, now=now)
    paper(DocumentKind.PASSPORT, amina, chen, now)
    page = client_of(amina).get(f"/applications/{offer.application.public_id}/papers")
    words = page.content.decode()
    assert "Send it to the host" in words
    assert "Also sent" in words


def test_host_reads_the_signature_once_a_paper_was_sent(
    offer: Offer, passport: Document, amina: User, bruno: User, dora: User, now: dt.datetime
) -> None:
    host, path = client_of(bruno), f"{rooms(offer)}/signed"
    amina.refresh_from_db()
    text = TRUTHFUL_PAPERS
    sign_text(amina, text, amina.full_name, actor=amina, ip_address="192.0.2.1", now=now)
    assert host.get(path).status_code == 404
    send_paper(offer.application, passport, actor=amina, now=now)
    assert path in host.get(rooms(offer)).content.decode()
    words = text_of(host.get(path).content)
    assert "unchanged" in words
    assert amina.email not in words
    assert "192.0.2.1" not in words
    assert AccessLog.objects.filter(viewer=bruno, subject=amina, what__contains="Signed").exists()
    assert client_of(dora).get(path).status_code == 404


def test_host_reads_that_nothing_is_signed_yet(
    offer: Offer, passport: Document, amina: User, bruno: User, now: dt.datetime
) -> None:
    send_paper(offer.application, passport, actor=amina, now=now)
    assert b"has not signed yet" in client_of(bruno).get(rooms(offer)).content
    assert client_of(bruno).get(f"{rooms(offer)}/signed").status_code == 404


def test_host_that_asks_for_a_newer_test_is_heard(
    offer: Offer, tb: Document, amina: User, now: dt.datetime
) -> None:
    newer = {"kind": "tb_test", "params": {"months": 2}, "weight": "by_start"}
    offer.terms["requirements"] = [offer.terms["requirements"][0] | newer]
    line = next(row for row in lines_of(offer, offer.application, now.date()) if row.document)
    assert line.rule.endswith("from the last 2 months before the start")
    assert line.problem == "Your TB test is from 1 June 2026, too old on the first day."
    assert line.next_step.startswith("Book the TB test")
