"""Fifty people at once for the last seat, over HTTP, with two web and two worker processes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from rotations.bookings.models import Booking
from rotations.catalog.models import Opening
from tests.accidents.conftest import Buyer, booking_of, buyers, is_confirmed, money_agrees
from tests.support.stack import Stack

pytestmark = pytest.mark.processes
PEOPLE = 50


def everybody_accepts(stack: Stack, web: str) -> tuple[Counter[int], list[str], list[Buyer]]:
    stack.start(web)
    people = buyers(stack, PEOPLE)
    for buyer in people[:8]:  # both web processes have met the page before the race begins
        buyer.visitor.get(f"/offers/{buyer.offer.public_id}")
    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(lambda buyer: buyer.accept(), people))
    won = [b for b, answer in zip(people, answers, strict=True) if answer.status == 302]
    lost = [answer.body for answer in answers if answer.status != 302]
    return Counter(answer.status for answer in answers), lost, won


def test_last_seat_goes_to_one_and_the_others_read_why(stack: Stack) -> None:
    statuses, lost, won = everybody_accepts(stack, "usce.wsgi")
    assert statuses == {302: 1, 409: PEOPLE - 1}
    assert all("has just been taken. Nothing was charged." in body for body in lost)
    winner = won[0]
    assert winner.pay(booking_of(winner)).status == 303
    winner.pay_at_stripe(booking_of(winner))
    stack.until(lambda: is_confirmed(winner), "the booking is confirmed")
    assert Booking.objects.count() == 1
    assert Opening.objects.get().taken == 1
    assert money_agrees(stack)


def test_control_without_the_guard_oversells(stack: Stack) -> None:
    statuses, _lost, _won = everybody_accepts(stack, "tests.support.unguarded")
    assert statuses[302] > 1
    assert Booking.objects.count() > Opening.objects.get().seats


def test_database_refuses_to_oversell_by_itself(stack: Stack) -> None:
    buyers(stack, 1)
    with pytest.raises(Exception, match="opening_not_oversold"):
        connection.cursor().execute("UPDATE catalog_opening SET taken = seats + 1")
