"""Offers and bookings as each viewer may see them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from applicants.documents.kinds import Stage
from applicants.documents.models import Document
from applicants.documents.queries import own_documents
from applicants.documents.states import DocumentState
from payments.models import Invoice, Payment, SavedCard, Transfer
from payments.states import OPEN_PAYMENT, InvoiceState, PaymentState
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.bookings.models import (
    Bearer,
    Booking,
    Cancellation,
    Coupon,
    FeeWaiver,
    Hold,
    Offer,
    PayerRequest,
    SentPaper,
    WaiverBudget,
    WaiverReview,
)
from rotations.bookings.rules import FEE_WAIVED, Cut, lessened, stage_of
from rotations.bookings.states import (
    BOOKED,
    LIVE,
    SEATED,
    BookingState,
    CancellationState,
    HoldState,
    OfferState,
    WaiverState,
)
from rotations.catalog.models import Opening
from rotations.catalog.rules import RefundStep
from rotations.catalog.states import OpeningState
from rotations.catalog.terms import refund_steps
from rotations.providers.models import Provider
from usce.accounts.models import ConsentRecord, User
from usce.accounts.queries import last_signature
from usce.accounts.texts import TRUTHFUL_PAPERS
from usce.jobs.outages import effective_deadline

APPLICATION = (
    "application__applicant",
    "application__rotation__provider__party",
    "application__rotation__site",
    "opening",
)
PLACE = ("preceptor__specialty", "site__region")
MOST_AT_ONCE = 100


def offers_for(user: User) -> QuerySet[Offer]:
    """The offers made to this person."""
    return _offers().filter(application__applicant=user)


def offer_on(application: Application) -> Offer | None:
    """The newest offer of the application."""
    return _offers().filter(application=application).order_by("-id").first()


def bookings_for(user: User) -> QuerySet[Booking]:
    """Each with `kept_card`, how its owner knows the card that is charged for the balance."""
    mine = _bookings().filter(applicant=user).prefetch_related("reductions")
    kept = _kept(OuterRef("deposit_invoice"), OuterRef("balance_invoice"))
    return mine.annotate(kept_card=Subquery(kept.values("card")[:1]))


def live_booking_of(offer: Offer) -> Booking | None:
    return _bookings().filter(offer=offer, state__in=LIVE).first()


def booking_of(application: Application) -> Booking | None:
    return _bookings().filter(application=application, state__in=LIVE).first()


def last_booking_of(application: Application) -> Booking | None:
    """The live booking, else the one that was confirmed and ended; a lapsed hold is none."""
    kept = Q(state__in=LIVE) | Q(confirmed_at__isnull=False)
    return _bookings().filter(kept, application=application).order_by("-id").first()


def booked_at(application: Application) -> Booking | None:
    """The confirmed booking, for the provider's own team, until the rotation is over."""
    return confirmed_bookings().filter(application=application).first()


def confirmed_bookings() -> QuerySet[Booking]:
    """Those whose seat is taken for good and whose rotation is not over."""
    return _bookings().filter(state__in=SEATED)


def unpaid_balances(due_before: datetime) -> list[Booking]:
    """Confirmed bookings whose balance is open, the oldest due first."""
    unpaid = confirmed_bookings().filter(
        balance_invoice__state=InvoiceState.OPEN, balance_invoice__due_at__lte=due_before
    )
    return list(unpaid.order_by("balance_invoice__due_at", "id"))


def open_payer_requests(booking: Booking) -> QuerySet[PayerRequest]:
    asked = PayerRequest.objects.filter(booking=booking, closed_at__isnull=True)
    return asked.select_related("payer", "booking", "invoice")


def payer_request(pk: int) -> PayerRequest:
    return PayerRequest.objects.select_related("payer", "invoice", "booking").get(pk=pk)


def cancellations() -> QuerySet[Cancellation]:
    return Cancellation.objects.select_related("proof__blob", "proof__owner", "booking")


def waiting_cancellation(booking: Booking) -> Cancellation | None:
    return cancellations().filter(booking=booking, state=CancellationState.WAITING).first()


def done_cancellation(booking: Booking) -> Cancellation | None:
    return cancellations().filter(booking=booking, state=CancellationState.DONE).first()


def last_declined(booking: Booking) -> Cancellation | None:
    declined = cancellations().filter(booking=booking, state=CancellationState.DECLINED)
    return declined.order_by("-decided_at").first()


def booking_again(booking: Booking) -> Booking:
    """As the database has it now, with all that its pages show."""
    return _bookings().get(pk=booking.pk)


def proofs_of(user: User, kind: str) -> list[Document]:
    """The person's accepted papers of the kind, the newest first."""
    papers = own_documents(user).filter(kind=kind, state=DocumentState.ACCEPTED)
    return list(papers.order_by("-id"))


def waitlist_of(opening: Opening) -> list[Application]:
    """Who waits for a seat of these dates, in the order of the list."""
    waiting = Application.objects.filter(opening=opening, state=ApplicationState.WAITLISTED)
    return list(
        waiting.select_related(
            "applicant", "rotation__provider", "rotation__site", "opening"
        ).order_by("waitlisted_at", "id")
    )


def booking_with_deposit(invoice: Invoice) -> Booking | None:
    return _bookings().filter(deposit_invoice=invoice).first()


def booking_paid_by(invoice: Invoice) -> Booking | None:
    """The booking whose deposit or balance this invoice is."""
    mine = Q(deposit_invoice=invoice) | Q(balance_invoice=invoice)
    return _bookings().filter(mine).first()


def paid_but_unplanned() -> QuerySet[Invoice]:
    """Paid invoices of confirmed bookings whose provider's tranches are not written down yet."""
    planned = Exists(Transfer.objects.filter(payment__invoice=OuterRef("pk")))
    confirmed = Booking.objects.filter(state__in=BOOKED)
    mine = Q(pk__in=confirmed.values("deposit_invoice")) | Q(
        pk__in=confirmed.values("balance_invoice")
    )
    paid = Invoice.objects.filter(mine, ~planned, state=InvoiceState.PAID, total_cents__gt=0)
    return paid.order_by("id")[:MOST_AT_ONCE]


def holds_of(offer: Offer) -> int:
    return Hold.objects.filter(booking__offer=offer).count()


def due_holds(now: datetime) -> list[Hold]:
    """Holds whose time is over by the plain clock; outages are looked at one by one."""
    due = Hold.objects.filter(state=HoldState.LIVE, expires_at__lte=now)
    return list(due.select_related("booking__offer").order_by("expires_at", "id")[:MOST_AT_ONCE])


def due_offers(now: datetime) -> list[Offer]:
    due = _offers().filter(state=OfferState.LIVE, expires_at__lte=now)
    return list(due.order_by("expires_at", "id")[:MOST_AT_ONCE])


def offers_ending(now: datetime, *, within: timedelta) -> list[Offer]:
    """Live offers whose time may be over soon; outages are looked at one by one."""
    ending = _offers().filter(state=OfferState.LIVE, expires_at__lte=now + within)
    return list(ending.order_by("expires_at", "id"))


def offers_on_canceled_dates() -> list[Offer]:
    """Live offers whose dates the provider withdrew since."""
    gone = _offers().filter(state=OfferState.LIVE, opening__state=OpeningState.CANCELED)
    return list(gone.order_by("id")[:MOST_AT_ONCE])


def paid_but_held() -> QuerySet[Invoice]:
    """Deposits that are paid while the booking does not know: a signal was lost."""
    waiting = Booking.objects.filter(
        state=BookingState.HELD, deposit_invoice__state=InvoiceState.PAID
    )
    return Invoice.objects.filter(pk__in=waiting.values("deposit_invoice")).order_by("id")


def offer_ends_at(offer: Offer, now: datetime) -> datetime:
    return effective_deadline(offer.expires_at, set_at=offer.made_at, now=now)


def hold_ends_at(hold: Hold, now: datetime) -> datetime:
    return effective_deadline(hold.expires_at, set_at=hold.created_at, now=now)


def refunds_of(offer: Offer, now: datetime, *, paid_cents: int) -> list[RefundStep]:
    """What canceling gives back of the sum paid, without the steps that have passed."""
    steps = refund_steps(
        offer.terms,
        starts_on=offer.opening.starts_on,
        zone=offer.site.time_zone,
        paid_cents=paid_cents,
    )
    return [step for step in steps if step.until_at > now]


def payable_invoice(booking: Booking) -> Invoice | None:
    """What the booking asks to be paid now: the deposit while held, then the open balance."""
    invoice: Any = booking.deposit_invoice
    if booking.state in BOOKED:
        invoice = booking.balance_invoice
    if invoice is None or booking.state == BookingState.CANCELED:
        return None
    return invoice if invoice.state == InvoiceState.OPEN else None


def coupon_for(offer: Offer, code: str) -> Coupon | None:
    """The coupon of this code, if it is one for the offer's rotation."""
    rotation = offer.application.rotation
    anywhere = Q(provider__isnull=True) | Q(provider=rotation.provider_id)
    here = Q(rotation__isnull=True) | Q(rotation=rotation)
    return Coupon.objects.filter(anywhere, here, code=code).first()


def uses_of(coupon: Coupon, person: User) -> int:
    """Of how many bookings of the person it is, given back ones left out."""
    used = coupon.reductions.filter(booking__applicant=person, given_back_at__isnull=True)
    return used.count()


def coupons_of(provider: Provider) -> QuerySet[Coupon]:
    """What the provider itself gives out, newest first."""
    mine = Coupon.objects.filter(provider=provider, bearer=Bearer.PROVIDER)
    return mine.select_related("rotation", "provider").order_by("-id")


def coupons_of_rounds() -> QuerySet[Coupon]:
    ours = Coupon.objects.filter(bearer=Bearer.PLATFORM)
    return ours.select_related("rotation", "provider").order_by("-id")


def current_waiver(offer: Offer) -> FeeWaiver | None:
    """The request about the offer's fee that stands, whatever was decided."""
    return offer.waivers.exclude(state=WaiverState.LAPSED).first()


def granted_cut(waiver: FeeWaiver | None) -> list[Cut]:
    """What the waiver takes off, if it was granted."""
    if waiver is None or waiver.state != WaiverState.GRANTED:
        return []
    return [Cut(Bearer.PLATFORM, FEE_WAIVED, waiver.cents)]


def waivers_of_ended_offers() -> list[FeeWaiver]:
    """Open or granted, while their offer can no longer be accepted."""
    ended = (OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED)
    held = FeeWaiver.objects.filter(
        state__in=(WaiverState.ASKED, WaiverState.GRANTED), offer__state__in=ended
    )
    return list(held.select_related("offer").order_by("id")[:MOST_AT_ONCE])


def waiver_reviews() -> QuerySet[WaiverReview]:
    return WaiverReview.objects.select_related("waiver__offer__application__applicant")


def waiver_budgets() -> list[WaiverBudget]:
    """The last ten years that have one, newest first."""
    return list(WaiverBudget.objects.order_by("-year")[:10])


def waiver_budget_left(year: int) -> int:
    budget = WaiverBudget.objects.filter(year=year).first()
    return budget.left_cents if budget else 0


def cuts_of(booking: Booking) -> list[Cut]:
    """What was taken off the booking's price when its offer was accepted."""
    return [Cut(row.bearer, row.label, row.cents) for row in booking.reductions.all()]


def terms_of(booking: Booking) -> dict[str, Any]:
    """The offer's frozen terms with the price as it is after what was taken off."""
    return lessened(booking.offer.terms, cuts_of(booking))


def card_of(booking: Booking) -> SavedCard | None:
    """The card that its owner let us charge for the balance of this booking."""
    kept = _kept(booking.deposit_invoice_id, booking.balance_invoice_id)
    return kept.select_related("payment__invoice", "payment__payer").first()


def _kept(deposit: object, balance: object) -> QuerySet[SavedCard]:
    """Cards kept with what paid one of the two, the newest first."""
    paid = Q(payment__invoice=deposit) | Q(payment__invoice=balance)
    return SavedCard.objects.filter(paid, removed_at__isnull=True).order_by("-id")


def cards_without_use() -> QuerySet[SavedCard]:
    """Kept cards of bookings that have nothing left to charge."""
    owing = Q(state=BookingState.HELD) | Q(
        state__in=SEATED, balance_invoice__state=InvoiceState.OPEN
    )
    bookings = Booking.objects.filter(owing)
    useful = Q(payment__invoice__in=bookings.values("deposit_invoice")) | Q(
        payment__invoice__in=bookings.exclude(balance_invoice=None).values("balance_invoice")
    )
    kept = SavedCard.objects.filter(removed_at__isnull=True).exclude(useful)
    return kept.select_related("payment__invoice", "payment__payer").order_by("id")[:MOST_AT_ONCE]


def refused_charge(invoice: Invoice) -> Payment | None:
    """The one try to charge a kept card for it, if a bank refused."""
    return invoice.payments.filter(saved_card__isnull=False, state=PaymentState.FAILED).first()


def booking_with_balance(invoice_id: int) -> Booking | None:
    return _bookings().filter(balance_invoice=invoice_id).first()


def open_payments(invoice: Invoice) -> QuerySet[Payment]:
    return invoice.payments.filter(state__in=OPEN_PAYMENT)


def _offers() -> QuerySet[Offer]:
    return Offer.objects.select_related(*APPLICATION, *PLACE)


def _bookings() -> QuerySet[Booking]:
    return Booking.objects.select_related(
        *APPLICATION,
        *(f"offer__{name}" for name in PLACE),
        "offer__opening",
        "applicant",
        "hold",
        "deposit_invoice",
        "balance_invoice",
    )


def sent_papers(application: Application) -> QuerySet[SentPaper]:
    """What the applicant lets the host see, in the order in which it was sent."""
    papers = SentPaper.objects.select_related("document__blob", "document__owner", "application")
    return papers.filter(application=application, taken_back_at__isnull=True).order_by("id")


def papers_shown(application: Application) -> QuerySet[SentPaper]:
    """What the provider may open: nothing of an application that has ended."""
    sent = sent_papers(application)
    return sent if stage_of(application.state) > Stage.APPLICATION else sent.none()


def signature_shown(application: Application) -> ConsentRecord | None:
    """That the papers are true, signed by the applicant; for a host to whom one was sent."""
    if not papers_shown(application):
        return None
    return last_signature(application.applicant, TRUTHFUL_PAPERS.key)
