from datetime import timedelta

from django.utils import timezone

from payments.models import Invoice
from rotations.bookings.actions import (
    chase_balances,
    confirm_paid_booking,
    expire_offers,
    lapse_waivers,
    let_go_idle_cards,
    plan_payouts,
    release_expired_holds,
    remind_of_offers,
    tell_card_refused,
    tell_rosters,
    withdraw_from_canceled,
)
from rotations.bookings.queries import paid_but_held, paid_but_unplanned
from usce.jobs.registry import job


@job("bookings.confirm_paid_invoice")
def confirm_paid_invoice(invoice_id: int) -> None:
    invoice, now = Invoice.objects.get(pk=invoice_id), timezone.now()
    confirm_paid_booking(invoice, now=now)
    plan_payouts(invoice, now=now)


@job("bookings.sweep_payouts", every=timedelta(minutes=30))
def sweep_payouts() -> None:
    """A lost signal loses no tranche: the rows say what was paid."""
    for invoice in paid_but_unplanned():
        plan_payouts(invoice, now=timezone.now())


@job("bookings.sweep_paid", every=timedelta(seconds=60))
def sweep_paid() -> None:
    """A lost signal loses nothing: the rows say what was paid."""
    for invoice in paid_but_held():
        confirm_paid_booking(invoice, now=timezone.now())


@job("bookings.sweep_holds", every=timedelta(seconds=30))
def sweep_holds() -> None:
    release_expired_holds(timezone.now())


@job("bookings.expire_offers", every=timedelta(minutes=5))
def expire_ended_offers() -> None:
    expire_offers(timezone.now())


@job("bookings.sweep_waivers", every=timedelta(minutes=10))
def sweep_waivers() -> None:
    """What was set aside for offers that ended is free again."""
    lapse_waivers(timezone.now())


@job("bookings.remind_of_offers", every=timedelta(minutes=15))
def remind_of_ending_offers() -> None:
    remind_of_offers(timezone.now())


@job("bookings.tell_rosters", every=timedelta(hours=1))
def tell_weeks_rosters() -> None:
    tell_rosters(timezone.now())


@job("bookings.sweep_canceled_dates", every=timedelta(minutes=2))
def sweep_canceled_dates() -> None:
    withdraw_from_canceled(timezone.now())


@job("bookings.tell_card_refused")
def tell_refused_card(invoice_id: int) -> None:
    tell_card_refused(invoice_id, now=timezone.now())


@job("bookings.let_go_idle_cards", every=timedelta(hours=6))
def let_go_of_idle_cards() -> None:
    let_go_idle_cards(timezone.now())


@job("bookings.chase_balances", every=timedelta(minutes=30))
def chase_open_balances() -> None:
    chase_balances(timezone.now())
