"""A small world in which every route has something to show and every person a part."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import ImmunizationLine
from applicants.documents.states import DocumentState
from applicants.profiles.models import EnrolmentRequest, ExamAttempt
from payments.actions.ledger import Entry, post
from payments.models import (
    Account,
    BalanceTransaction,
    Credit,
    CreditNote,
    Difference,
    Dispute,
    PartyMember,
    Payout,
    Refund,
    Reversal,
    StripeEvent,
    Transfer,
)
from rotations.applications.states import ApplicationState
from rotations.bookings.models import (
    Booking,
    Cancellation,
    FeeWaiver,
    PayerRequest,
    SentPaper,
    WaiverReview,
)
from rotations.catalog.terms import freeze_terms
from rotations.catalog.verdicts import stay_of
from rotations.conversations.models import Inquiry, Question
from rotations.eligibility.rules import Facts, evaluate
from rotations.letters.actions import accept_letter
from rotations.placements.models import Day, Objection
from rotations.providers.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import BookingFactory, CouponFactory, HoldFactory, OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.documents import BlobFactory, DocumentFactory
from tests.factories.letters import a_letter, door_to
from tests.factories.payments import (
    InvoiceFactory,
    InvoiceLineFactory,
    PartyFactory,
    PaymentFactory,
)
from tests.factories.placements import a_placement
from tests.factories.profiles import ProfileFactory
from tests.factories.providers import InvitationFactory, MemberFactory, ProviderFactory
from usce.accounts.models import StaffRole, User
from usce.accounts.signing import sign_text
from usce.accounts.texts import TERMS, TRUTHFUL_PAPERS
from usce.cases.actions import open_case
from usce.files.incoming import begin_upload
from usce.jobs.models import Job, JobState
from usce.links.actions import grant
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.rights.models import DataExport, LegalHold


@dataclass(frozen=True)
class World:
    people: dict[str, User | None]
    values: dict[str, str]

    def path_of(self, pattern: str) -> str:
        """The route's address about the applicant's own things; the slice decides which."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            for hint, chosen in self.values.items():
                place, _colon, wanted = hint.rpartition(":")
                if wanted == name and place in pattern:
                    return chosen
            raise AssertionError(f"no value for {name} in {pattern}")

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, pattern)


def build() -> World:
    provider = ProviderFactory(slug="lakeshore")
    other = ProviderFactory(slug="hillside")
    people: dict[str, User | None] = {
        "anonymous": None,
        "applicant": _person("applicant"),
        "stranger": _person("stranger"),
        "owner": _person("owner"),
        "other owner": _person("other"),
        "reviewer": _person("reviewer", [StaffRole.REVIEWER]),
        "finance": _person("finance", [StaffRole.FINANCE]),
        "admin": _person("admin", [StaffRole.ADMIN]),
    }
    MemberFactory(provider=provider, user=people["owner"], role=Role.OWNER)
    MemberFactory(provider=other, user=people["other owner"], role=Role.OWNER)
    return World(people, _things(people, provider))


def _books(people: dict[str, User | None], provider: Any) -> dict[str, str]:
    """Money on its way, a dispute, a difference and an event, each with something to decide."""
    now = timezone.now()
    PartyMember.objects.create(party=provider.party, user=_owner(people))
    payment = PaymentFactory(stripe_intent_id="pi_world", state="succeeded", succeeded_at=now)
    transfer = Transfer.objects.create(
        payment=payment, payee=provider.party, subject_type="t", subject_id=1, label="R-1",
        tranche="end", amount_cents=100, due_at=now, created_at=now,
    )  # fmt: skip
    payout = Payout.objects.create(
        transfer=transfer, payee=provider.party, amount_cents=100, created_at=now
    )
    debt = Reversal.objects.create(payout=payout, amount_cents=10, state="failed", created_at=now)
    dispute = Dispute.objects.create(
        payment=payment, stripe_dispute_id="du_world", amount_cents=100, reason="fraudulent",
        state="won", opened_at=now, closed_at=now,
    )  # fmt: skip
    booked = BalanceTransaction.objects.create(
        stripe_id="txn_world", kind="charge", net_cents=1, fee_cents=0, booked_at=now
    )
    difference = Difference.objects.create(
        kind="missing", balance_transaction=booked, stripe_cents=1, ledger_cents=0, found_at=now
    )
    entries = [Entry(Account.UNALLOCATED, 1), Entry(Account.HELD_FOR_PAYEES, -1, provider.party)]
    post("test", "world", payment, entries, now=dt.datetime(2020, 1, 5, tzinfo=dt.UTC))
    event = StripeEvent.objects.create(
        event_id="evt_world", kind="plan.created", payload={}, received_at=now, state="ignored"
    )
    return {
        "money/payouts/:public_id": payout.public_id,
        "money/debts/:public_id": debt.public_id,
        "money/disputes/:public_id": dispute.public_id,
        "money/differences/:public_id": difference.public_id,
        ":event_id": event.event_id,
        ":month": "2020-01",
    }


def _days(applicant: User, provider: Any) -> dict[str, str]:
    """Another rotation of the applicant, under way, whose first day was recorded as missed."""
    now = timezone.now()
    placement = a_placement(
        provider, applicant, now, now.date() - dt.timedelta(days=10), now.date()
    )
    first = Day.objects.filter(placement=placement).earliest("day_on")
    Day.objects.filter(pk=first.pk).update(state="absent", settled_at=now)
    objection = Objection.objects.create(day=first, words="I was there", asked_at=now)
    preceptor = placement.booking.offer.preceptor
    door = grant(
        "placements.host",
        subject_type="providers.preceptor",
        subject_id=preceptor.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    return {
        **_letter(placement),
        "d/learners/:token": door,
        ":day_id": first.public_id,
        "rotation/:public_id": placement.public_id,
        "learners/:public_id": placement.public_id,
        "attendance/:public_id": placement.public_id,
        "objections/:public_id": objection.public_id,
    }


def _letter(placement: Any) -> dict[str, str]:
    """A request to the preceptor of that rotation, accepted, with its door."""
    now = timezone.now()
    asked = a_letter(placement, now)
    door = door_to(asked, now)
    accept_letter(asked, was="requested", can_do=[], note="", now=now)
    return {"letters/:public_id": asked.public_id, "d/letters/:token": door}


def _owner(people: dict[str, User | None]) -> User:
    owner = people["owner"]
    assert owner is not None
    return owner


def _person(name: str, roles: list[StaffRole] | None = None) -> User:
    user = UserFactory(email=f"{name}@example.test", staff_roles=roles or [])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    return user


def _things(people: dict[str, User | None], provider: Any) -> dict[str, str]:
    now = timezone.now()
    applicant = people["applicant"]
    assert applicant is not None
    profile = ProfileFactory(user=applicant, school_name="Lakeside Medical College")
    PartyMember.objects.create(party=profile.party, user=applicant)
    attempt = ExamAttempt.objects.create(
        profile=profile, exam="step1", taken_on=now.date(), outcome="passed"
    )
    rotation = RotationFactory(provider=provider)
    year = now.year + 1
    opening = OpeningFactory(
        rotation=rotation,
        starts_on=now.date().replace(year=year, month=3, day=1),
        ends_on=now.date().replace(year=year, month=3, day=28),
    )
    cv = DocumentFactory(
        owner=applicant,
        kind=DocumentKind.CV,
        blob=BlobFactory(owner=applicant),
        state=DocumentState.CHECKING,
    )
    paper = DocumentFactory(
        owner=applicant,
        kind=DocumentKind.TB_TEST,
        blob=BlobFactory(owner=applicant),
        state=DocumentState.NEEDS_REVIEW,
    )
    application = ApplicationFactory(
        applicant=applicant,
        opening=opening,
        rotation=rotation,
        cv=cv,
        state=ApplicationState.ACCEPTED,
        submitted_at=now,
        forwarded_at=now,
        verdict=evaluate([], Facts(), stay=stay_of(opening, now.date())).to_json(),
    )
    invoice = InvoiceFactory(payer=profile.party, due_at=now, opened_at=now)
    InvoiceLineFactory(invoice=invoice)
    offer = OfferFactory(
        application=application,
        terms=freeze_terms(rotation, opening, tax=None),
        made_at=now,
        expires_at=now + dt.timedelta(days=7),
        state="accepted",
    )
    sent = SentPaper.objects.create(application=application, document=paper, sent_at=now)
    sign_text(
        applicant, TRUTHFUL_PAPERS, applicant.full_name, actor=applicant, ip_address=None, now=now
    )
    booking: Booking = BookingFactory(offer=offer, deposit_invoice=invoice, created_at=now)
    HoldFactory(booking=booking, created_at=now, expires_at=now + dt.timedelta(minutes=30))
    incoming = begin_upload("photo.jpg", 1000, owner=applicant, now=now)
    asked = Cancellation.objects.create(
        booking=booking, reason="visa_refused", proof=paper, asked_by=applicant, asked_at=now
    )
    refund = Refund.objects.create(
        payment=PaymentFactory(
            invoice=invoice, state="succeeded", succeeded_at=now, amount_cents=1
        ),
        amount_cents=1,
        reason="canceled",
        idempotency_key="world",
        created_at=now,
    )
    CreditNote.objects.create(refund=refund, number="C1", issued_at=now)
    credit = Credit.objects.create(party=invoice.payer, refund=refund, amount_cents=1, given_at=now)
    payer = PayerRequest.objects.create(
        booking=booking, invoice=invoice, payer=PartyFactory(), asked_by=applicant, asked_at=now
    )
    pay_door = grant(
        "bookings.payer",
        subject_type="bookings.payerrequest",
        subject_id=payer.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    mail = Mail.objects.create(
        event="payments.refund_started",
        recipient=applicant,
        address=applicant.email,
        facts={"amount_cents": 100, "purpose": "t", "reason": "late", "path": "/home"},
        unique_key="world",
        created_at=now,
    )
    case = open_case(
        "applications.review", application, title=application.reference, queue="reviewer",
        due_at=now, actor=SYSTEM, now=now,
    )  # fmt: skip
    job = Job.objects.create(name="t", run_after=now, created_at=now, state=JobState.FAILED)
    question = Question.objects.create(
        rotation=rotation, asker=applicant, text="Is there parking?", asked_at=now
    )
    inquiry = Inquiry.objects.create(about="question", text="Hello", sent_at=now, due_at=now)
    token = grant(
        "providers.preceptor",
        subject_type="providers.preceptor",
        subject_id=rotation.preceptor_id,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    request = EnrolmentRequest.objects.create(
        profile=profile,
        school_name="Lakeside Medical College",
        contact_name="Registrar",
        contact_role="Registrar",
        contact_email="registrar@lakeside.example",
        sent_at=now,
    )
    enrolment = grant(
        "profiles.enrolment",
        subject_type="profiles.enrolmentrequest",
        subject_id=request.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    invitation = InvitationFactory(provider=provider, invited_at=now)
    door = grant(
        "providers.invitation",
        subject_type="providers.invitation",
        subject_id=invitation.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    notices = grant(
        "notifications.notices",
        subject_type="accounts.user",
        subject_id=applicant.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    line = ImmunizationLine.objects.create(
        owner=applicant, what="mmr", done_on=now.date(), told_on=now.date()
    )
    copy = DataExport.objects.create(user=applicant, asked_at=now)
    hold = LegalHold.objects.create(
        user=applicant, reason="t", placed_by=_owner(people), placed_at=now, ends_on=now.date()
    )
    return {
        "documents/immunizations/:public_id": line.public_id,
        ":what": "mmr",
        **_books(people, provider),
        **_days(applicant, provider),
        "profile/exams/:public_id": attempt.public_id,
        "openings/:public_id": opening.public_id,
        "d/pay/:token": pay_door,
        "d/enrolment/:token": enrolment,
        "d/invitation/:token": door,
        "d/notices/:token": notices,
        "invitations/:public_id": invitation.public_id,
        "sites/:public_id": rotation.site.public_id,
        "preceptors/:public_id": rotation.preceptor.public_id,
        ":opening_id": opening.public_id,
        ":person_id": _owner(people).public_id,
        "staff/messages/:public_id": inquiry.public_id,
        "contact/sent/:public_id": inquiry.public_id,
        "mails/:public_id": mail.public_id,
        "messages/:public_id": mail.public_id,
        "cases/:public_id": case.public_id,
        "invoices/:public_id": invoice.public_id,
        "credit/:public_id": credit.public_id,
        "documents/incoming/:public_id": incoming.public_id,
        "documents/:public_id": cv.public_id,
        "staff/papers/:public_id": paper.public_id,
        "credit/:number": "C1",
        ":number": "1",
        ":paper_id": sent.public_id,
        "refunds/:public_id": refund.public_id,
        "cancellations/:public_id": asked.public_id,
        "waivers/:public_id": WaiverReview.objects.create(
            waiver=FeeWaiver.objects.create(
                offer=offer, statement="t", cents=1, asked_at=now, due_at=now
            ),
            seat=1,
        ).public_id,
        "offers/:public_id": offer.public_id,
        "p/<slug:provider_slug>/coupons:public_id": CouponFactory(provider=provider).public_id,
        "staff/coupons:public_id": CouponFactory(bearer="platform").public_id,
        "bookings/:public_id": booking.public_id,
        "rotations/:public_id": rotation.public_id,
        "people/:public_id": applicant.public_id,
        "export/:public_id": copy.public_id,
        "holds/:public_id": hold.public_id,
        "listings/:public_id": rotation.public_id,
        "staff/providers/:public_id": provider.public_id,
        "applications/:public_id": application.public_id,
        "applicants/:public_id": application.public_id,
        "apply/:rotation_id": rotation.public_id,
        "rotations/:rotation_id": rotation.public_id,
        "questions/:public_id": question.public_id,
        ":slug": rotation.slug,
        ":provider_slug": provider.slug,
        ":rest": "v1/nowhere",
        ":version": TERMS,
        ":section": "rotations",
        ":job_id": str(job.pk),
        ":token": token,
    }
