import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from rotations.providers.actions import PRECEPTOR_SCOPE, PRECEPTOR_SUBJECT, ask_preceptor
from rotations.providers.models import Preceptor, Provider, Shown
from tests.factories.providers import PreceptorFactory
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.links.actions import grant, revoke
from usce.links.models import Grant
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def preceptor(db: None) -> Preceptor:
    return PreceptorFactory(shown=Shown.IN_OFFER, name="Amīr <b>Saleh</b>")


def door(preceptor: Preceptor, scope: str = PRECEPTOR_SCOPE) -> str:
    now = timezone.now()
    token = grant(
        scope,
        subject_type=PRECEPTOR_SUBJECT,
        subject_id=preceptor.pk,
        expires_at=now + dt.timedelta(days=14),
        now=now,
        uses=1,
    )
    return f"/d/preceptor/{token}"


def test_looking_shows_three_choices_and_uses_nothing_up(
    client: Client, preceptor: Preceptor
) -> None:
    url = door(preceptor)
    for _ in range(2):
        text = client.get(url).content.decode()
        assert text.count('name="shown"') == 3
        assert "<b>Saleh</b>" not in text
    assert Grant.objects.get().uses_left == 1


def test_answer_is_recorded_once(client: Client, preceptor: Preceptor) -> None:
    url = door(preceptor)
    assert client.post(url, {"shown": "public"}).status_code == 200
    assert client.post(url, {"shown": "in_offer"}).status_code == 410
    preceptor.refresh_from_db()
    assert preceptor.shown == Shown.PUBLIC
    assert AuditEntry.objects.filter(action="providers.preceptor.answered").count() == 1


@pytest.mark.parametrize("answer", ["", "everywhere"])
def test_no_answer_uses_nothing_up(client: Client, preceptor: Preceptor, answer: str) -> None:
    assert client.post(door(preceptor), {"shown": answer}).status_code == 422
    assert Grant.objects.get().uses_left == 1


@pytest.mark.parametrize("how", ["expired", "revoked", "unknown", "other scope"])
def test_ended_link_says_so(client: Client, preceptor: Preceptor, how: str) -> None:
    url = door(preceptor, "documents.upload" if how == "other scope" else PRECEPTOR_SCOPE)
    now = timezone.now()
    if how == "expired":
        Grant.objects.update(created_at=now - dt.timedelta(days=20), expires_at=now)
    if how == "revoked":
        pk = preceptor.pk
        revoke(PRECEPTOR_SCOPE, subject_type=PRECEPTOR_SUBJECT, subject_id=pk, now=now)
    response = client.get(url[:-1] if how == "unknown" else url)
    assert response.status_code == 410
    assert "This link has ended" in response.content.decode()


def test_mail_leads_to_the_door(
    client: Client, bruno: User, provider: Provider, now: dt.datetime
) -> None:
    preceptor = PreceptorFactory(provider=provider, shown=Shown.IN_OFFER)
    ask_preceptor(preceptor, actor=bruno, now=now)
    deliver(Mail.objects.get(), now=timezone.now())
    (sent,) = mail.outbox
    path = re.search(r"/d/preceptor/\S+", str(sent.body))
    assert path is not None
    client.post(path[0], {"shown": "signed_in"})
    preceptor.refresh_from_db()
    assert preceptor.shown == Shown.SIGNED_IN
