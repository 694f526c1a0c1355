"""The end of a person's data: planned, taken back, held, done once, whatever dies."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from applicants.documents.states import DocumentState
from applicants.profiles.models import SamePassport
from payments.models import Refund
from payments.models.party import PartyMember
from rotations.applications.models import Application, Decision
from rotations.applications.states import ApplicationState
from rotations.bookings.models import Booking, Offer
from rotations.providers.models import Member, Provider
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.factories.lives import Life, papers_of
from tests.factories.payments import InvoiceFactory, PaymentFactory
from tests.factories.profiles import ProfileFactory
from tests.factories.stories import an_application, an_offer, an_opening
from usce.accounts.actions import record_consent
from usce.accounts.models import ConsentRecord, User
from usce.audit.models import AccessLog, AuditEntry
from usce.cases.actions import open_case
from usce.files.models import WrappedKey
from usce.jobs.models import Job
from usce.notifications.actions import notify
from usce.notifications.models import Mail
from usce.notifications.tasks import deliver_mail
from usce.permissions import SYSTEM
from usce.rights.actions import (
    AlreadyPlanned,
    BadHold,
    NothingPlanned,
    cancel_erasure,
    erase_due,
    erase_person,
    lift_hold,
    place_hold,
    plan_erasure,
)
from usce.rights.models import Erasure, ErasureCause, LegalHold
from usce.rights.portability import consequences_of, holds_of
from usce.rights.retention import sweep
from usce.rights.tasks import erase, queue_due_erasures

pytestmark = pytest.mark.django_db
TWO_WEEKS = dt.timedelta(days=14)


def erased(person: User, now: dt.datetime) -> Erasure:
    """Planned and carried out two weeks later."""
    erasure = plan_erasure(person, actor=person, now=now)
    erase_person(erasure, now=now + TWO_WEEKS)
    erasure.refresh_from_db()
    return erasure


def test_planned_for_two_weeks_on_with_a_mail(dora: User, now: dt.datetime) -> None:
    erasure = plan_erasure(dora, actor=dora, now=now)
    assert erasure.planned_for == now + TWO_WEEKS
    assert Mail.objects.get(event="rights.erasure_planned").facts["day"] == "15 Jul 2026"
    assert User.objects.get(pk=dora.pk).is_active
    with pytest.raises(AlreadyPlanned):
        plan_erasure(dora, actor=dora, now=now)


def test_nothing_happens_before_the_day(dora: User, now: dt.datetime) -> None:
    erasure = plan_erasure(dora, actor=dora, now=now)
    early = now + TWO_WEEKS - dt.timedelta(seconds=1)
    assert erase_due(early) == 0
    assert not erase_person(erasure, now=early)
    assert erase_due(now + TWO_WEEKS) == 1
    assert Job.objects.filter(name="rights.erase").count() == 1


def test_way_back(dora: User, now: dt.datetime) -> None:
    erasure = plan_erasure(dora, actor=dora, now=now)
    cancel_erasure(dora, actor=dora, now=now)
    erasure.refresh_from_db()
    assert not erase_person(erasure, now=now + TWO_WEEKS)
    assert Mail.objects.filter(event="rights.erasure_canceled").exists()
    with pytest.raises(NothingPlanned):
        cancel_erasure(dora, actor=dora, now=now)
    plan_erasure(dora, actor=dora, now=now)


def test_no_way_back_once_begun(dora: User, now: dt.datetime) -> None:
    erased(dora, now)
    with pytest.raises(NothingPlanned):
        cancel_erasure(dora, actor=dora, now=now)


def test_nobody_plans_it_for_another(
    dora: User, amina: User, chen: User, trudy: User, now: dt.datetime
) -> None:
    for other in (amina, chen):
        with pytest.raises(PermissionDenied):
            plan_erasure(dora, actor=other, now=now)
        plan = plan_erasure(amina, actor=amina, now=now) if other is chen else None
        if plan:
            with pytest.raises(PermissionDenied):
                cancel_erasure(amina, actor=chen, now=now)
    with pytest.raises(PermissionDenied):
        plan_erasure(chen, actor=chen, now=now)
    with pytest.raises(PermissionDenied):
        plan_erasure(trudy, actor=trudy, now=now)


def test_nothing_of_her_is_left(life: Life, now: dt.datetime) -> None:
    person = life.person
    erasure = erased(person, now)
    assert erasure.done_at == now + TWO_WEEKS
    person.refresh_from_db()
    assert person.email == f"erased-{person.public_id}@erased.invalid"
    assert (person.full_name, person.is_active, person.has_usable_password()) == ("", False, False)
    assert not Session.objects.exists()
    assert not WrappedKey.objects.exists()
    assert {paper.state for paper in papers_of(life)} == {DocumentState.SUPERSEDED}
    application = Application.objects.get(pk=life.application.pk)
    assert (application.statement, application.facts, application.verdict) == ("", {}, {})
    assert application.reference == life.application.reference
    assert Booking.objects.get().deposit_invoice.payer.name.startswith("Former member ")
    assert Decision.objects.get().reason == ""
    assert not Member.objects.filter(user=person, removed_at=None).exists()
    assert AuditEntry.objects.filter(action="rights.erasure.done").exists()


def test_twice_is_once(life: Life, now: dt.datetime) -> None:
    erasure = erased(life.person, now)
    before = AuditEntry.objects.count()
    assert not erase_person(erasure, now=now + TWO_WEEKS)
    Erasure.objects.filter(pk=erasure.pk).update(done_at=None)
    assert erase_person(erasure, now=now + TWO_WEEKS)
    assert AuditEntry.objects.count() == before + 1
    assert Mail.objects.filter(event="rights.erased").count() == 1


def test_last_mail_leaves_and_then_forgets_its_address(
    life: Life, now: dt.datetime, mailoutbox: Any
) -> None:
    address = life.person.email
    erased(life.person, now)
    last = Mail.objects.get(event="rights.erased")
    deliver_mail(last.pk)
    assert mailoutbox[-1].to == [address]
    assert "15 Jul 2026" in mailoutbox[-1].subject
    sweep(now + TWO_WEEKS)
    last.refresh_from_db()
    assert (last.address, last.facts) == ("erased@erased.invalid", {})


def test_nothing_is_written_to_her_any_more(life: Life, now: dt.datetime, mailoutbox: Any) -> None:
    erased(life.person, now)
    person = User.objects.get(pk=life.person.pk)
    facts = {"kind": "CV", "path": "/documents"}
    notify("documents.accepted", to=person, facts=facts, unique_key="late", now=now)
    deliver_mail(Mail.objects.get(unique_key="late").pk)
    assert not mailoutbox
    assert Mail.objects.get(unique_key="late").state == "suppressed"


def test_live_application_is_withdrawn_and_offer_declined_by_their_own_actions(
    provider: Provider, amina: User, now: dt.datetime
) -> None:
    sent = an_application(an_opening(provider), amina)
    offer = an_offer(an_opening(provider), amina, now + dt.timedelta(days=7), days=14)
    assert consequences_of(amina, now) == [
        f"The offer on {offer.application.reference} is declined.",
        f"{sent.reference}, {sent.rotation.title} at {provider.name}, is withdrawn.",
    ]
    erased(amina, now)
    sent.refresh_from_db()
    assert sent.state == ApplicationState.WITHDRAWN
    assert Offer.objects.get(pk=offer.pk).state == "declined"
    assert AuditEntry.objects.filter(action="applications.application.withdrawn").count() == 2


def test_open_booking_holds(provider: Provider, amina: User, now: dt.datetime) -> None:
    booked = an_application(an_opening(provider), amina, "booked")
    offer = OfferFactory(application=booked, state="accepted")
    july = {"starts_on": dt.date(2026, 7, 6), "ends_on": dt.date(2026, 7, 31)}
    booking = BookingFactory(offer=offer, state="confirmed", **july)
    reference = booking.application.reference
    sentence = f"Your rotation {reference} runs until Friday 31 July 2026."
    assert holds_of(amina, now) == [sentence]
    erasure = erased(amina, now)
    assert erasure.begun_at is None
    assert Mail.objects.get(event="rights.erasure_waits").facts["reasons"] == [sentence]
    assert not erase_person(erasure, now=now + 2 * TWO_WEEKS)
    assert Mail.objects.filter(event="rights.erasure_waits").count() == 1
    assert erase_person(erasure, now=dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC))


def test_held_seat_holds(provider: Provider, amina: User, now: dt.datetime) -> None:
    offer = OfferFactory(application=an_application(an_opening(provider), amina, "accepted"))
    BookingFactory(offer=offer, ends_on=dt.date(2027, 7, 31))
    assert holds_of(amina, now) == [
        f"A seat is held for you in {offer.application.reference} while you pay."
    ]


def test_money_on_its_way_holds(amina: User, now: dt.datetime) -> None:
    profile = ProfileFactory._meta.model.objects.get(user=amina)
    PartyMember.objects.create(party=profile.party, user=amina)
    owed = InvoiceFactory(payer=profile.party)
    assert holds_of(amina, now) == ["$600.00 is not settled yet."]
    payment = PaymentFactory(invoice=owed)
    assert "A payment of yours is on its way." in holds_of(amina, now)
    Refund.objects.create(
        payment=payment, amount_cents=1, reason="late", idempotency_key="r", created_at=now
    )
    assert "A refund to you has not arrived yet." in holds_of(amina, now)


def test_open_case_about_something_of_hers_holds(
    life: Life, now: dt.datetime, provider: Provider
) -> None:
    open_case(
        "payments.refund_failed", life.application, title="t", queue="finance", due_at=now,
        actor=SYSTEM, now=now,
    )  # fmt: skip
    assert holds_of(life.person, now) == [
        "A case about you or what you sent is still open with our staff."
    ]


def test_case_that_ends_with_her_application_does_not(
    provider: Provider, amina: User, now: dt.datetime
) -> None:
    sent = an_application(an_opening(provider), amina, ApplicationState.IN_REVIEW)
    open_case(
        "applications.review", sent, title="t", queue="reviewer", due_at=now, actor=SYSTEM, now=now
    )
    assert holds_of(amina, now) == []
    assert erased(amina, now).done_at


def test_only_owner_of_a_provider_holds(bruno: User, now: dt.datetime, provider: Provider) -> None:
    assert holds_of(bruno, now) == [
        f"You are the only owner of {provider.name}. Make somebody else an owner first."
    ]
    assert consequences_of(bruno, now) == [f"Your part in the team of {provider.name} ends."]


def test_same_passport_under_inquiry_holds(amina: User, dora: User, now: dt.datetime) -> None:
    pair = SamePassport.objects.create(first=amina, second=dora, found_at=now)
    open_case(
        "profiles.same_passport", pair, title="t", queue="trust", due_at=now, actor=SYSTEM, now=now
    )
    assert holds_of(amina, now) == ["Our staff are looking into something about this account."]


def test_staff_hold_says_why_until_its_last_day(dora: User, trudy: User, now: dt.datetime) -> None:
    hold = place_hold(
        dora, reason="a court asks for it.", ends_on=dt.date(2026, 7, 20), actor=trudy, now=now
    )
    sentence = "Rounds must keep the data until Monday 20 July 2026: a court asks for it."
    assert holds_of(dora, now) == [sentence]
    last = dt.datetime(2026, 7, 20, 23, tzinfo=dt.UTC)
    assert holds_of(dora, last) == [sentence]
    assert holds_of(dora, last + dt.timedelta(hours=1)) == []
    lift_hold(hold, actor=trudy, now=now)
    lift_hold(hold, actor=trudy, now=now)
    assert holds_of(dora, now) == []
    actions = AuditEntry.objects.filter(action__startswith="rights.hold").values_list("action")
    assert sorted(actions) == [("rights.hold.lifted",), ("rights.hold.placed",)]


@pytest.mark.parametrize(
    ("reason", "days"), [("", 10), ("why", -1), ("why", 367)], ids=["no reason", "past", "too long"]
)
def test_bad_hold_is_refused(
    dora: User, trudy: User, now: dt.datetime, reason: str, days: int
) -> None:
    ends_on = now.date() + dt.timedelta(days=days)
    with pytest.raises(BadHold):
        place_hold(dora, reason=reason, ends_on=ends_on, actor=trudy, now=now)


def test_only_trust_holds(dora: User, chen: User, fay: User, trudy: User, now: dt.datetime) -> None:
    for other in (dora, chen, fay):
        with pytest.raises(PermissionDenied):
            place_hold(dora, reason="x", ends_on=now.date(), actor=other, now=now)
    hold = place_hold(dora, reason="x", ends_on=now.date(), actor=trudy, now=now)
    with pytest.raises(PermissionDenied):
        lift_hold(hold, actor=dora, now=now)
    assert LegalHold.live(now).count() == 1


def test_under_18_is_closed_at_once_and_told_at_the_address(
    dora: User, trudy: User, now: dt.datetime
) -> None:
    erasure = plan_erasure(dora, actor=trudy, now=now, cause=ErasureCause.UNDER_18)
    assert not User.objects.get(pk=dora.pk).is_active
    mail = Mail.objects.get(event="rights.erasure_planned")
    assert (mail.recipient, mail.address, mail.facts["is_under_18"]) == (None, dora.email, True)
    cancel_erasure(dora, actor=trudy, now=now)
    assert User.objects.get(pk=dora.pk).is_active
    erasure.refresh_from_db()
    assert erasure.canceled_at == now


def test_under_18_ends_as_every_other(dora: User, trudy: User, now: dt.datetime) -> None:
    erasure = plan_erasure(dora, actor=trudy, now=now, cause=ErasureCause.UNDER_18)
    assert erase_person(erasure, now=now + TWO_WEEKS)
    assert Mail.objects.get(event="rights.erased").facts["is_under_18"]


def test_sweep_queues_what_is_due(dora: User) -> None:
    long_ago = timezone.now() - 2 * TWO_WEEKS
    erasure = plan_erasure(dora, actor=dora, now=long_ago)
    queue_due_erasures()
    queue_due_erasures()
    job = Job.objects.get(name="rights.erase")
    erase(**job.args)
    erasure.refresh_from_db()
    assert erasure.done_at


def test_append_only_rows_lose_only_what_erasure_takes(dora: User, now: dt.datetime) -> None:
    consent = record_consent(dora, "terms", "1", ip_address="192.0.2.7", now=now)
    rows = ConsentRecord.objects.filter(pk=consent.pk)
    for change in ({"text_version": "2"}, {"ip_address": "192.0.2.8"}, {"purpose": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    rows.update(ip_address=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ip_address="192.0.2.7")


def test_view_is_deleted_only_after_three_years(dora: User, bruno: User, now: dt.datetime) -> None:
    today = timezone.now()
    for years in (2.99, 3.01):
        AccessLog.objects.create(
            at=today - dt.timedelta(days=365.25 * years), viewer=bruno, subject=dora, what="x",
            target_type="t", target_id=1,
        )  # fmt: skip
    old, young = AccessLog.objects.order_by("at")
    old.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        young.delete()
