import datetime as dt
import smtplib

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from pytest_django import Settings

from usce.accounts.models import User
from usce.jobs.models import Job
from usce.notifications import attachments, minting
from usce.notifications.actions import deliver, notify, recover_abandoned, resend_mail, suppress
from usce.notifications.events import Event, MailClass, register
from usce.notifications.models import Mail, Suppression
from usce.notifications.queries import messages_for
from usce.notifications.rendering import for_recipient, masked, path_in_account
from usce.notifications.states import MailState

FACTS = {"name": "Łukasz", "amount_cents": 60_000, "due_on": "2026-07-06", "path": "/bookings/x"}


def written(user: User, now: dt.datetime, event: str = "test.hello", **extra: object) -> Mail:
    notify(event, to=user, facts={**FACTS, **extra}, unique_key="k", now=now)
    return Mail.objects.get()


def test_notify_twice_with_one_key_writes_one_mail(amina: User, now: dt.datetime) -> None:
    written(amina, now)
    written(amina, now)
    assert list(Job.objects.values_list("name", flat=True)) == ["notifications.deliver"]


def test_notify_refuses_an_event_nobody_registered(amina: User, now: dt.datetime) -> None:
    with pytest.raises(KeyError):
        notify("test.unknown", to=amina, facts={}, unique_key="k", now=now)


def test_deliver_sends_words_sums_and_dates(amina: User, now: dt.datetime) -> None:
    mail = written(amina, now)
    deliver(mail, now=now)
    sent = outgoing.outbox[0]
    assert (sent.to, sent.subject) == (["amina@example.test"], "Hello Łukasz")
    assert "Hello Łukasz, $600.00 by Monday 6 July 2026." in sent.body
    assert "http://127.0.0.1:8000/bookings/x" in sent.body
    assert (mail.state, mail.sent_at) == (MailState.SENT, now)


def test_deliver_again_sends_nothing(amina: User, now: dt.datetime) -> None:
    mail = written(amina, now)
    deliver(mail, now=now)
    deliver(Mail.objects.get(), now=now)
    assert len(outgoing.outbox) == 1


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "=1+1", "<b>x</b>", "a\nBcc: b@c.d", "محمد", "\u202egnp.exe", "x" * 400]
)
def test_hostile_name_stays_words(amina: User, now: dt.datetime, name: str) -> None:
    mail = written(amina, now, name=name)
    deliver(mail, now=now)
    sent = outgoing.outbox[0]
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert "\n" not in sent.subject
    assert "\u202e" not in sent.subject
    assert len(sent.subject) <= 78
    assert "49" not in sent.subject
    assert "<b>x</b>" not in html


def test_secret_is_sealed_masked_and_wiped(amina: User, now: dt.datetime) -> None:
    notify("test.hello", to=amina, facts=FACTS, unique_key="k", now=now, secret={"code": "428113"})
    mail = Mail.objects.get()
    assert "428113" not in str(mail.facts)
    assert "428113" not in masked(mail).text
    deliver(mail, now=now)
    assert "428113" in outgoing.outbox[0].body
    assert Mail.objects.get().facts == FACTS


def test_link_is_minted_at_delivery_and_never_stored(amina: User, now: dt.datetime) -> None:
    before = list(minting._minters)
    minting.set_minter(lambda request, _now: request["path"].format(token="s3cret"))
    mail = written(amina, now, grant={"path": "/d/test/{token}"})
    deliver(mail, now=now)
    minting._minters[:] = before
    assert "http://127.0.0.1:8000/d/test/s3cret" in outgoing.outbox[0].body
    assert "s3cret" not in str(Mail.objects.get().facts)
    assert "s3cret" not in masked(mail).text


def test_reader_finds_the_page_again_but_no_doors(amina: User, now: dt.datetime) -> None:
    mail = written(amina, now)
    assert path_in_account(mail) == "/bookings/x"
    mail.facts["grant"] = {"path": "/d/test/{token}"}
    assert path_in_account(mail) == ""
    assert "/d/" not in for_recipient(mail).text


def test_in_the_account_only_the_message_is_left(amina: User, now: dt.datetime) -> None:
    mail = written(amina, now)
    assert "You get this mail because" in masked(mail).text
    shown = for_recipient(mail).text
    assert "You get this mail because" not in shown
    assert "http" not in shown


def test_attachment_is_made_at_delivery(amina: User, now: dt.datetime) -> None:
    attachments.register("test.file", lambda number: (f"{number}.ics", "text/calendar", b"BEGIN"))
    deliver(written(amina, now, attachment={"kind": "test.file", "id": 7}), now=now)
    assert outgoing.outbox[0].attachments[0][0] == "7.ics"


def test_suppressed_address_gets_only_what_it_must_know(amina: User, now: dt.datetime) -> None:
    suppress("AMINA@example.test", reason="bounced", now=now)
    notify("test.hello", to=amina, facts=FACTS, unique_key="a", now=now)
    notify("test.urgent", to=amina, facts=FACTS, unique_key="b", now=now)
    for mail in Mail.objects.order_by("id"):
        deliver(mail, now=now)
    assert [m.state for m in Mail.objects.order_by("id")] == [MailState.SUPPRESSED, MailState.SENT]


@pytest.mark.parametrize("state", [MailState.SENDING, MailState.SENT, MailState.FAILED])
def test_suppressed_address_leaves_a_claimed_mail_alone(
    amina: User, now: dt.datetime, state: MailState
) -> None:
    mail = written(amina, now)
    Mail.objects.update(state=state, claimed_at=now)
    suppress(amina.email, reason="bounced", now=now)
    deliver(Mail.objects.get(pk=mail.pk), now=now)
    assert (Mail.objects.get().state, outgoing.outbox) == (state, [])


def test_person_finds_what_could_not_leave(amina: User, now: dt.datetime) -> None:
    suppress(amina.email, reason="bounced", now=now)
    mail = written(amina, now)
    notify("accounts.code", to=amina, facts={}, unique_key="c", now=now, secret={"code": "4281"})
    deliver(mail, now=now)
    assert mail.state == MailState.SUPPRESSED
    assert list(messages_for(amina)) == [mail]


def test_message_id_is_the_same_each_time_a_mail_leaves(amina: User, now: dt.datetime) -> None:
    mail = written(amina, now)
    deliver(mail, now=now)
    Mail.objects.update(state=MailState.SENDING, claimed_at=now)
    deliver(Mail.objects.get(), now=now + dt.timedelta(seconds=181))
    ids = [sent.message()["Message-ID"] for sent in outgoing.outbox]
    assert ids == [f"<{mail.public_id}@127.0.0.1>"] * 2


class Bouncing(EmailBackend):
    answer = (550, b"5.1.1 no such user")

    def send_messages(self, email_messages: object) -> int:
        assert isinstance(email_messages, list)
        raise smtplib.SMTPRecipientsRefused({email_messages[0].to[0]: self.answer})


class Policing(Bouncing):
    answer = (554, b"5.7.1 relay access denied")


class Greylisting(Bouncing):
    answer = (450, b"4.2.0 try again later")


@pytest.mark.parametrize(
    ("backend", "suppressed"), [("Bouncing", ["bounced 550"]), ("Policing", [])]
)
def test_recipient_refused_for_good_fails_the_mail_at_once(
    amina: User, now: dt.datetime, settings: Settings, backend: str, suppressed: list[str]
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    mail = written(amina, now)
    deliver(mail, now=now)
    deliver(Mail.objects.get(), now=now)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, 1)
    assert mail.error.startswith("55")
    assert list(Suppression.objects.values_list("reason", flat=True)) == suppressed


def test_recipient_refused_for_now_is_tried_again(
    amina: User, now: dt.datetime, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Greylisting"
    mail = written(amina, now)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        deliver(mail, now=now)
    assert (mail.state, Suppression.objects.count()) == (MailState.PENDING, 0)


class Refusing(EmailBackend):
    def send_messages(self, email_messages: object) -> int:  # noqa: ARG002 -- as Django calls it
        raise OSError("mail server away")


def test_failed_delivery_waits_then_rests_and_can_be_sent_again(
    amina: User, chen: User, now: dt.datetime, settings: object
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"  # type: ignore[attr-defined]
    mail = written(amina, now)
    for _attempt in range(8):
        with pytest.raises(OSError, match="away"):
            deliver(mail, now=now)
    assert mail.state == MailState.FAILED
    chen.staff_roles = ["admin"]
    resend_mail(mail, actor=chen, now=now)
    assert (mail.state, mail.attempts) == (MailState.PENDING, 0)


def test_mail_of_a_dead_worker_is_queued_again_after_ten_minutes(
    amina: User, now: dt.datetime
) -> None:
    mail = written(amina, now)
    Mail.objects.update(state=MailState.SENDING, claimed_at=now)
    assert recover_abandoned(now + dt.timedelta(seconds=180)) == 0
    assert recover_abandoned(now + dt.timedelta(seconds=181)) == 1
    mail.refresh_from_db()
    assert mail.state == MailState.PENDING


def test_job_that_comes_back_takes_over_a_mail_whose_worker_died(
    amina: User, now: dt.datetime
) -> None:
    mail = written(amina, now)
    Mail.objects.update(state=MailState.SENDING, claimed_at=now)
    mail.refresh_from_db()
    deliver(mail, now=now + dt.timedelta(seconds=180))
    assert Mail.objects.get().state == MailState.SENDING
    deliver(Mail.objects.get(), now=now + dt.timedelta(seconds=181))
    assert Mail.objects.get().state == MailState.SENT


def test_two_mails_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Two different mails"):
        register(Event("test.hello", "staff", MailClass.NOTICE, "x", "emails/test/hello"))


def test_clock_is_handed_down(amina: User) -> None:
    moment = timezone.now()
    assert written(amina, moment).created_at == moment
