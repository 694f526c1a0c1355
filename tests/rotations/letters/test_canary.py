"""What the writer types for himself stands nowhere within reach of the learner, or of a host."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import transaction

from rotations.letters.actions import Another, accept_letter, decline_letter
from rotations.letters.models import Letter
from tests.contracts.test_permissions import routes, signed_in
from tests.contracts.world import World, build
from tests.factories.letters import a_letter
from tests.usce.rights.conftest import archive_of
from usce.audit.models import AuditEntry
from usce.ids import new_public_id
from usce.notifications.models import Mail
from usce.notifications.rendering import for_recipient, masked
from usce.rights.actions import make_export
from usce.rights.models import DataExport

WHY, NOTE = "Qzcanarywhy", "Qzcanarynote"


@pytest.fixture
def world(db: None) -> World:
    """Her request was accepted with a note, and another one declined with a reason."""
    made = build()
    letter = Letter.objects.select_related("placement__booking__offer").get()
    now = dt.datetime.now(dt.UTC)
    Letter.objects.filter(pk=letter.pk).update(private_words=NOTE)
    for number, state in ((1, "requested"), (2, "accepted")):
        named = {"preceptor": None, "name": "Otto", "email": f"otto{number}@example.test"}
        other = a_letter(letter.placement, now, **named)
        if state == "accepted":
            accept_letter(other, was="requested", can_do=[], note=NOTE, now=now)
        decline_letter(other, was=state, why=WHY, another=Another("Ines Okafor", ""), now=now)
    return made


def told_to(world: World, role: str, near: str = "letter", within: str = "") -> str:
    """What every route `within` answers to this person, what it wrote taken back.

    GET everywhere, POST as well where `near` stands in the route; but not the writer's own door.
    """
    said, client = [], signed_in(world.people[role])
    for route in routes():
        if within not in route.pattern or route.name.startswith("letters:door"):
            continue
        path = world.path_of(route.pattern)
        for ask in (client.get, client.post) if near in route.pattern else (client.get,):
            cache.key_prefix = f"test-{new_public_id()}"
            before = transaction.savepoint()
            answer = ask(path)
            body = answer.getvalue() if answer.streaming else answer.content
            said.append(f"{body!r} {answer.headers}")
            transaction.savepoint_rollback(before)
    mine = [f"/letters/{letter.public_id}" for letter in Letter.objects.all()]
    return "\n".join([*said, *(client.get(path).content.decode() for path in mine)])


def test_private_words_stand_on_no_route_of_the_learner(world: World) -> None:
    said = told_to(world, "applicant")
    assert "Ines Okafor" in said
    assert WHY not in said
    assert NOTE not in said


def test_private_words_stand_on_no_route_of_the_host(world: World) -> None:
    said = told_to(world, "owner", within="provider_slug")
    for word in (WHY, NOTE, "Ines Okafor"):
        assert word not in said


def test_private_words_stand_in_no_mail_and_no_audit(world: World) -> None:
    mails = list(Mail.objects.all())
    assert mails
    read = [for_recipient(mail).html + masked(mail).html + str(mail.facts) for mail in mails]
    audit = str(list(AuditEntry.objects.values_list("action", "changes", "reason")))
    for word in (WHY, NOTE):
        assert word not in "".join(read) + audit


def test_private_words_stand_in_no_export(world: World, scanner: object, now: dt.datetime) -> None:
    person = world.people["applicant"]
    assert person is not None
    export = DataExport.objects.get(user=person)
    make_export(export, now=now)
    export.refresh_from_db()
    parts = b"".join(archive_of(export).values())
    assert b"Ines Okafor" in parts
    assert WHY.encode() not in parts
    assert NOTE.encode() not in parts
