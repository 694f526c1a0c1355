"""Write a mail with the change it tells of; deliver it later, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet

from usce.audit.actions import record
from usce.jobs.actions import enqueue
from usce.notifications import attachments
from usce.notifications.bounces import Bounce, bounce_of
from usce.notifications.cap import has_had_enough, waits
from usce.notifications.events import MailClass, event_named
from usce.notifications.minting import mint
from usce.notifications.models import Mail, OptOut, Pace, Rhythm, Suppression
from usce.notifications.queries import pace_of, suppression_of, wants
from usce.notifications.rendering import render
from usce.notifications.secrets import FACT, seal, unseal
from usce.notifications.states import MailState
from usce.permissions import SYSTEM, Actor, require
from usce.requestinfo import current_request_id
from usce.states import TransitionRefused, transition

Recipient = AbstractBaseUser | str
MOST_ATTEMPTS = 8
EMPTIED_ADDRESS = "erased@erased.invalid"
NOTICES_SCOPE, NOTICES_SUBJECT, NOTICES_DAYS = "notifications.notices", "accounts.user", 180


def notify(
    event_name: str,
    *,
    to: Recipient,
    facts: Mapping[str, Any],
    unique_key: str,
    now: datetime,
    secret: Mapping[str, Any] | None = None,
) -> None:
    """Write the mail once per `unique_key`, inside the change's transaction.

    `facts` are plain JSON and visible to staff. `secret` holds codes: sealed until delivery,
    masked for staff, wiped afterwards. An unregistered event is a KeyError, at once.
    """
    event_named(event_name)
    person, address = (None, to) if isinstance(to, str) else (to, str(getattr(to, "email", "")))
    kept = dict(facts)
    if secret:
        kept[FACT] = seal(dict(secret))
    mail = Mail(
        event=event_name,
        recipient_id=None if person is None else person.pk,
        address=address,
        facts=kept,
        unique_key=unique_key,
        request_id=current_request_id(),
        created_at=now,
    )
    with transaction.atomic():
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
        stored = Mail.objects.filter(public_id=mail.public_id).values_list("pk", flat=True).first()
        if stored is not None:
            enqueue("notifications.deliver", mail_id=stored)


def deliver(mail: Mail, *, now: datetime) -> None:
    """Send a pending mail: claimed first, so that two workers send it once.

    A worker that dies between claiming and recording leaves it `sending`. Its job comes back once
    the lease is over, and this call takes such a mail over: the one case in which a person may get
    it twice, under one Message-ID. `recover_abandoned` is the net below, for a lost job.

    A recipient refused for good fails the mail at once; whatever else goes wrong is raised, and
    the job's back-off tries again.
    """
    if not _claim(mail, now):
        return
    try:
        _send(mail, now)
    except Exception as error:
        if bounced := bounce_of(error):
            _record_bounce(mail, bounced, now)
            return
        last = mail.attempts >= MOST_ATTEMPTS
        after = MailState.FAILED if last else MailState.PENDING
        transition(mail, after, actor=SYSTEM, now=now, error=repr(error)[:500])
        raise
    facts = {name: value for name, value in mail.facts.items() if name != FACT}
    transition(mail, MailState.SENT, actor=SYSTEM, now=now, sent_at=now, facts=facts, error="")


def _claim(mail: Mail, now: datetime) -> bool:
    """Take the mail for this worker; False when it is not ours to send, or must not be sent."""
    event = event_named(mail.event)
    mail_class = event.mail_class
    try:
        if mail.state == MailState.SENDING and mail.claimed_at and mail.claimed_at < _lease(now):
            transition(mail, MailState.PENDING, actor=SYSTEM, now=now)
        if _is_closed(mail) or (mail_class != MailClass.TRANSACTIONAL and _is_unwanted(mail)):
            transition(mail, MailState.SUPPRESSED, actor=SYSTEM, now=now)
            return False
        with transaction.atomic():
            may_fold = mail_class == MailClass.NOTICE and event.can_wait
            if may_fold and (waits(mail) or has_had_enough(mail, now)):
                transition(mail, MailState.FOLDED, actor=SYSTEM, now=now)
                return False
            nth = mail.attempts + 1
            transition(mail, MailState.SENDING, actor=SYSTEM, now=now, claimed_at=now, attempts=nth)
    except TransitionRefused:
        return False
    return True


def _record_bounce(mail: Mail, bounced: Bounce, now: datetime) -> None:
    with transaction.atomic():
        transition(mail, MailState.FAILED, actor=SYSTEM, now=now, error=bounced.words[:500])
        if bounced.is_of_address:
            suppress(mail.address, reason=f"bounced {bounced.code}", now=now)


def recover_abandoned(now: datetime) -> int:
    """Put mails whose worker died while sending back into the queue."""
    stuck = Mail.objects.filter(state=MailState.SENDING, claimed_at__lt=_lease(now))
    for mail in stuck:
        with transaction.atomic():
            transition(mail, MailState.PENDING, actor=SYSTEM, now=now)
            enqueue("notifications.deliver", mail_id=mail.pk)
    return len(stuck)


def _lease(now: datetime) -> datetime:
    """No worker that began before this is still at it: its job was stopped or given away."""
    return now - timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def can_resend_mail(actor: Actor) -> bool:
    return bool(getattr(actor, "has_staff_role", lambda *_: False)("admin"))


def resend_mail(mail: Mail, *, actor: Actor, now: datetime) -> None:
    """Let a failed mail try again."""
    require(can_resend_mail(actor))
    with transaction.atomic():
        transition(mail, MailState.PENDING, actor=actor, now=now, error="", attempts=0)
        enqueue("notifications.deliver", mail_id=mail.pk)


def empty_mails(rows: QuerySet[Mail], *, now: datetime, most: int | None = None) -> int:
    """Take the facts, the address and the errors out of these mails; what waited leaves no more.

    The row stays: that something was written, and when.
    """
    keys = list(
        rows.filter(emptied_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:most]
    )
    waiting = Mail.objects.filter(pk__in=keys, state__in=(MailState.PENDING, MailState.FOLDED))
    for mail in waiting:
        try:
            transition(mail, MailState.SUPPRESSED, actor=SYSTEM, now=now)
        except TransitionRefused:
            continue  # it has just left
    gone = {"facts": {}, "address": EMPTIED_ADDRESS, "error": "", "emptied_at": now}
    return Mail.objects.filter(pk__in=keys).update(**gone)


def mark_read(mail: Mail, *, now: datetime) -> None:
    Mail.objects.filter(pk=mail.pk, read_at__isnull=True).update(read_at=now)


def suppress(address: str, *, reason: str, now: datetime) -> None:
    """Write to this address no more, but for what it must know about its own money and bookings."""
    Suppression.objects.bulk_create(
        [Suppression(email=address, reason=reason, since_at=now)], ignore_conflicts=True
    )


def can_lift_suppression(actor: Actor) -> bool:
    return bool(getattr(actor, "has_staff_role", lambda *_: False)("admin"))


def lift_suppression(mail: Mail, *, actor: Actor, now: datetime) -> None:
    """Write to the address of this mail again: its owner says that it works."""
    require(can_lift_suppression(actor))
    with transaction.atomic():
        lifted, _ = Suppression.objects.filter(email__iexact=mail.address).delete()
        if lifted:
            record("notifications.suppression.lifted", mail, actor=actor, now=now)


def can_choose_mails(actor: Actor, person: AbstractBaseUser) -> bool:
    return actor == person


def choose_mails(
    person: AbstractBaseUser,
    mail_class: MailClass,
    *,
    wanted: bool,
    actor: Actor,
    now: datetime,
    event: str = "",
) -> None:
    """Let mails of a class, or of one event of it, leave for this person, or not.

    Transactional ones always leave.
    """
    require(can_choose_mails(actor, person) and mail_class != MailClass.TRANSACTIONAL)
    require(not event or event_named(event).mail_class == mail_class)
    with transaction.atomic():
        chosen = OptOut.objects.filter(user_id=person.pk, mail_class=mail_class, event=event)
        if wanted:
            changed = bool(chosen.delete()[0])
        else:
            _row, changed = chosen.get_or_create(
                user_id=person.pk,
                mail_class=mail_class,
                event=event,
                defaults={"since_at": now},
            )
        if changed:
            verb = f"notifications.{mail_class}.{'on' if wanted else 'off'}"
            record(verb, person, actor=actor, now=now, reason=event)


def choose_pace(person: AbstractBaseUser, pace: str, *, actor: Actor, now: datetime) -> None:
    """When notices leave for this person: at once, each morning, or each Monday."""
    require(can_choose_mails(actor, person))
    with transaction.atomic():
        known = pace_of(person)
        if known == pace:
            return
        Rhythm.objects.update_or_create(
            user_id=person.pk, defaults={"pace": Pace(pace), "since_at": now}
        )
        changes = {"pace": (known, pace)}
        record("notifications.pace.chosen", person, actor=actor, now=now, changes=changes)


def _is_closed(mail: Mail) -> bool:
    """Whether there is nobody to write to any more."""
    return mail.emptied_at is not None or (
        mail.recipient is not None and not mail.recipient.is_active
    )


def _is_unwanted(mail: Mail) -> bool:
    if suppression_of(mail.address):
        return True
    mail_class = event_named(mail.event).mail_class
    return mail.recipient is not None and not wants(mail.recipient, mail_class, mail.event)


def _headers(mail: Mail, now: datetime) -> dict[str, str]:
    """With RFC 8058's one click on what may be switched off."""
    headers = {
        "Message-ID": f"<{mail.public_id}@{settings.SITE_HOST}>",
        "X-Rounds-Mail": mail.public_id,
        "Auto-Submitted": "auto-generated",
    }
    if mail.recipient and event_named(mail.event).mail_class != MailClass.TRANSACTIONAL:
        request = {
            "scope": NOTICES_SCOPE,
            "subject_type": NOTICES_SUBJECT,
            "subject_id": mail.recipient.pk,
            "path": "/d/notices/{token}",
            "days": NOTICES_DAYS,
        }
        headers["List-Unsubscribe"] = f"<{settings.SITE_URL}{mint(request, now)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _send(mail: Mail, now: datetime) -> None:
    request = mail.facts.get("grant")
    path = mint(request, now) if request else mail.facts.get("path", "")
    secret = unseal(mail.facts[FACT]) if FACT in mail.facts else {}
    rendered = render(mail, url=f"{settings.SITE_URL}{path}" if path else "", secret=secret)
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        to=[mail.address],
        headers=_headers(mail, now),
    )
    message.attach_alternative(rendered.html, "text/html")
    if wanted := mail.facts.get("attachment"):
        name, media_type, content = attachments.make(wanted["kind"], wanted["id"])
        message.attach(name, content, media_type)
    message.send()
