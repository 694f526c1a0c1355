"""A person who has done everything there is to do, with a word of her own in every column."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Model

from applicants.documents.actions.keeping import use
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document, Reminder
from applicants.profiles.models import EnrolmentRequest, ExamAttempt, GoalStatement, Passport
from payments.models import Payment, Refund, StripeEvent
from payments.models.party import PartyMember
from rotations.applications.models import Application, Decision
from rotations.applications.states import ApplicationState
from rotations.bookings.models import SentPaper
from rotations.conversations.models import Inquiry, Question
from rotations.discovery.models import SavedRotation
from rotations.letters.models import Letter, PacketView
from rotations.placements.models import CheckIn, Day, Objection, Placement
from rotations.providers.models import Invitation, Member, Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import BookingFactory, HoldFactory, OfferFactory
from tests.factories.papers import checked
from tests.factories.payments import InvoiceFactory, InvoiceLineFactory, PaymentFactory
from tests.factories.profiles import ProfileFactory
from tests.factories.providers import MemberFactory
from tests.factories.stories import an_opening
from tests.support.pdf import pdf_bytes
from usce.accounts.models import ApiToken, User
from usce.accounts.tokens import make_token
from usce.audit.actions import record_access
from usce.cases.actions import open_case
from usce.cases.models import Case
from usce.links.actions import grant
from usce.notifications.actions import choose_mails, choose_pace, notify
from usce.notifications.events import MailClass
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


@dataclass
class Life:
    """`words`: what stands in each column, as "documents.Document.file_name"."""

    person: User
    host: User
    application: Application
    words: dict[str, str] = field(default_factory=dict)

    def word(self, place: str, longest: int = 24) -> str:
        """A new word that stands nowhere else."""
        self.words[place] = f"Qz{secrets.token_hex(16)}"[:longest]
        return self.words[place]


def a_whole_life(provider: Provider, host: User, now: dt.datetime) -> Life:
    """Nothing of it holds an erasure: her rotation is over and paid."""
    person = UserFactory(email=f"qz{secrets.token_hex(8)}@example.test")
    profile = ProfileFactory(user=person)
    PartyMember.objects.create(party=profile.party, user=person)
    opening = an_opening(provider)
    application = ApplicationFactory(
        applicant=person,
        opening=opening,
        state=ApplicationState.BOOKED,
        submitted_at=now,
        forwarded_at=now,
    )
    life = Life(person, host, application)
    life.words["accounts.User.email"] = person.email
    _account(life, now)
    _studies(life, profile, now)
    _papers(life, now)
    _market(life, opening, now)
    _money(life, profile, now)
    _around(life, opening, provider, now)
    return life


def _put(life: Life, row: Model, *columns: str, longest: int = 24) -> None:
    """A new word in each column, past every rule of the product."""
    label = row._meta.label
    told = {column: life.word(f"{label}.{column}", longest) for column in columns}
    type(row)._default_manager.filter(pk=row.pk).update(**told)


def _account(life: Life, now: dt.datetime) -> None:
    person = life.person
    _put(life, person, "full_name")
    person.refresh_from_db()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    secret = life.word("mfa.Authenticator.data")
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    token, _secret = make_token(person, life.word("accounts.ApiToken.name"), actor=person, now=now)
    assert ApiToken.objects.filter(pk=token.pk).exists()
    notice, event = MailClass.NOTICE, "documents.accepted"
    choose_mails(person, notice, wanted=False, event=event, actor=person, now=now)
    choose_pace(person, "daily", actor=person, now=now)
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["begun"] = [{"statement": life.word("sessions.Session.session_data")}]
    session.save()


def _studies(life: Life, profile: Any, now: dt.datetime) -> None:
    _put(life, profile, "given_name", "family_name", "school_name")
    type(profile).objects.filter(pk=profile.pk).update(usmle_id="7-351-942-8", aamc_id="73519428")
    life.words |= {"profile.usmle": "7-351-942-8", "profile.aamc": "73519428"}
    ExamAttempt.objects.create(
        profile=profile, exam="step2_ck", taken_on=now.date(), outcome="passed", score=251
    )
    Passport.objects.create(
        profile=profile,
        born_on=dt.date(1997, 2, 3),
        interview_city=life.word("profiles.Passport.interview_city"),
        number_hash="ab" * 32,
        number_end="QZ7",
        updated_at=now,
    )
    GoalStatement.objects.create(
        profile=profile, text=life.word("profiles.GoalStatement.text"), written_at=now
    )
    asked = EnrolmentRequest.objects.create(
        profile=profile,
        school_name=life.word("profiles.EnrolmentRequest.school_name"),
        contact_name=life.word("profiles.EnrolmentRequest.contact_name"),
        contact_role=life.word("profiles.EnrolmentRequest.contact_role"),
        contact_email=f"{life.word('profiles.EnrolmentRequest.contact_email').lower()}@s.example",
        sent_at=now,
    )
    life.words["profiles.EnrolmentRequest.contact_email"] = asked.contact_email
    _link(life, asked, now)


def _papers(life: Life, now: dt.datetime) -> None:
    words = life.word("the text of a file")
    paper = checked(life.person, now, pdf_bytes(words), DocumentKind.CV)
    _put(life, paper, "file_name", "refusal")
    health = checked(
        life.person, now, pdf_bytes(life.word("a health paper")), DocumentKind.TB_TEST,
        issued_on=now.date(),
    )  # fmt: skip
    use(health, by=life.application, now=now)
    Application.objects.filter(pk=life.application.pk).update(cv=paper)
    SentPaper.objects.create(application=life.application, document=health, sent_at=now)
    Reminder.objects.create(document=health, step=30, until=now.date(), told_at=now)
    record_access("TB test opened", health, viewer=life.host, subject=life.person, now=now)


def _market(life: Life, opening: Any, now: dt.datetime) -> None:
    application, label = life.application, "applications.Application"
    Application.objects.filter(pk=application.pk).update(
        statement=life.word(f"{label}.statement"),
        facts={"school": life.word(f"{label}.facts")},
        verdict={"sentence": life.word(f"{label}.verdict")},
    )
    Decision.objects.create(
        application=application,
        by=life.host,
        outcome="forwarded",
        reason=life.word("applications.Decision.reason"),
        at=now,
    )
    case = open_case(
        "applications.review", application, title=application.reference, queue="reviewer",
        due_at=now, actor=SYSTEM, now=now,
    )  # fmt: skip
    note = life.word("cases.Case.note")
    Case.objects.filter(pk=case.pk).update(state="decided", note=note)
    life.application.refresh_from_db()
    _link(life, application, now)
    SavedRotation.objects.create(user=life.person, rotation=opening.rotation, saved_at=now)


def _money(life: Life, profile: Any, now: dt.datetime) -> None:
    party = profile.party
    type(party).objects.filter(pk=party.pk).update(
        name=life.word("payments.Party.name"), stripe_customer_id="cus_life"
    )
    invoice = InvoiceFactory(payer=party, state="paid", paid_at=now)
    InvoiceLineFactory(invoice=invoice)
    payment = PaymentFactory(invoice=invoice, state="succeeded", stripe_intent_id="pi_life")
    _put(life, payment, "checkout_url", "failure_message", "card")
    _put(life, party, "email")
    Refund.objects.create(
        payment=payment, amount_cents=1, reason="late", idempotency_key="life", created_at=now,
        state="succeeded",
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(refunded_cents=1)
    StripeEvent.objects.create(
        event_id="evt_life",
        kind="charge.succeeded",
        payload={
            "data": {"object": {"customer": "cus_life", "name": life.word("payments.StripeEvent")}}
        },
        received_at=now,
    )
    offer = OfferFactory(application=life.application, state="accepted", made_by=life.host)
    booking = BookingFactory(
        offer=offer,
        deposit_invoice=invoice,
        state="confirmed",
        starts_on=now.date() - dt.timedelta(days=60),
        ends_on=now.date() - dt.timedelta(days=30),
    )
    HoldFactory(booking=booking, state="used")
    _days(life, booking, now)


def _days(life: Life, booking: Any, now: dt.datetime) -> None:
    placement = Placement.objects.create(booking=booking, planned_at=now)
    day = Day.objects.create(
        placement=placement, day_on=booking.starts_on, planned_minutes=480, state="absent",
        settled_at=now, settled_by=life.host,
    )  # fmt: skip
    CheckIn.objects.create(day=day, arrived_at=now, told_at=now)
    objection = Objection.objects.create(day=day, words="x", asked_at=now, state="declined")
    _put(life, day, "why")
    _letter(life, placement, now)
    _put(life, objection, "words", "answer")


def _letter(life: Life, placement: Placement, now: dt.datetime) -> None:
    """Declined; what the writer keeps private has to go with her, and is never told."""
    letter = Letter.objects.create(
        learner=life.person, placement=placement, target="eras", form="narrative", waived=True,
        writer_name="x", writer_email="x@example.test", signed_name="x", due_on=now.date(),
        state="declined", asked_at=now, answered_at=now, ended_at=now,
    )  # fmt: skip
    columns = ("statement", "private_words", "suggested_name", "suggested_email", "signed_name")
    _put(life, letter, "writer_name", *columns)
    _put(life, letter, "letter_id", longest=20)
    PacketView.objects.create(letter=letter, what="CV opened", at=now)
    _link(life, letter, now)


def _around(life: Life, opening: Any, provider: Provider, now: dt.datetime) -> None:
    person = life.person
    Question.objects.create(
        rotation=opening.rotation,
        asker=person,
        text=life.word("conversations.Question.text"),
        asked_at=now,
        answer=life.word("conversations.Question.answer"),
        answered_by=life.host,
        answered_at=now,
        is_public=True,
    )
    Inquiry.objects.create(
        about="question",
        name=life.word("conversations.Inquiry.name"),
        email=person.email,
        text=life.word("conversations.Inquiry.text"),
        answer=life.word("conversations.Inquiry.answer"),
        answered_by=life.host,
        answered_at=now,
        sent_at=now,
        due_at=now,
    )
    MemberFactory(
        provider=provider, user=person, role=Role.PRECEPTOR,
        title=life.word("providers.Member.title"),
    )  # fmt: skip
    assert Member.objects.filter(user=person).exists()
    Invitation.objects.create(
        provider=provider, email=person.email, role=Role.PRECEPTOR, invited_by=life.host,
        invited_at=now, accepted_by=person, ended_at=now,
    )  # fmt: skip
    _mails(life, now)
    _link(life, person, now)


def _mails(life: Life, now: dt.datetime) -> None:
    """To her, and to the host about her."""
    facts = {"kind": "CV", "path": "/documents", "name": life.word("a mail to her")}
    notify("documents.accepted", to=life.person, facts=facts, unique_key="life-1", now=now)
    path = f"/p/x/{life.application.public_id}"
    about = {"applicant": life.word("a mail about her"), "path": path}
    key = f"applications.received:{life.application.public_id}"
    notify("applications.received", to=life.host, facts=about, unique_key=key, now=now)
    Mail.objects.filter(unique_key="life-1").update(error=life.word("notifications.Mail.error"))


def _link(life: Life, subject: Model, now: dt.datetime) -> None:
    grant(
        "test.door",
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )


def papers_of(life: Life) -> list[Document]:
    return list(Document.objects.filter(owner=life.person).order_by("pk"))
