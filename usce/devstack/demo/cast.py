"""The invented applicants and what befalls each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from allauth.account.models import EmailAddress
from django.utils.text import slugify

from applicants.profiles.actions import save_facts
from rotations.applications.models import Application
from rotations.providers.models import Provider
from usce.accounts.models import User
from usce.devstack.demo.hosts import HOSTS
from usce.devstack.demo.invented import demo_id, names
from usce.devstack.demo.listings import LISTINGS
from usce.devstack.demo.lived import tell_last_weeks, tell_life, tell_preparation
from usce.devstack.demo.membership import own
from usce.devstack.demo.people import AMINA, BRUNO, CHEN, LINA
from usce.devstack.demo.stories import CLINIC, FREE, HEART, INTRODUCTION, OTHERS, Storyteller
from usce.devstack.demo.vault import add_papers, tell_record
from usce.devstack.demo.written import tell_letters

Somebody = Callable[[], User]
FIRST_NAME = 160  # the lines of `names.csv` before it are physicians
WAITING = 12
COUNTRIES = ("IN", "NG", "EG", "PK", "MX", "PH", "BR", "UA", "TR", "KE", "CO", "VN")


def tell_stories(people: dict[str, User], now: datetime) -> None:
    """Once: whoever signs in finds work and news; nothing is told a second time."""
    if Application.objects.filter(applicant__is_demo=True).exists():
        return
    numbers = count()
    free = Provider.objects.get(slug=HOSTS[LISTINGS[FREE].host].slug)
    free_owner = _account("Clara Whitfield", "clara.whitfield.demo@rounds.example")
    own(free, free_owner, now)
    tell = Storyteller(
        owner=people[BRUNO.email], free_owner=free_owner, staff=people[CHEN.email], now=now
    )

    def somebody() -> User:
        return _applicant(next(numbers), now)

    _beginnings(tell, people[AMINA.email], somebody)
    _ends(tell, somebody)
    _bookings(tell, people[LINA.email], somebody)
    tell.questions(somebody(), somebody())
    tell.coupon()


def _beginnings(tell: Storyteller, amina: User, somebody: Somebody) -> None:
    hour = timedelta(hours=1)
    tell.offered(amina, HEART, days=1)
    add_papers(amina, tell.now)
    tell_record(amina, tell.now)
    tell.in_review(amina, OTHERS[1], ago=2 * hour)
    tell.draft(amina, OTHERS[2], ago=hour)
    for place in range(WAITING - 1):
        listing = OTHERS[place % len(OTHERS)]
        tell.in_review(somebody(), listing, ago=hour + place * timedelta(minutes=7))
    tell.draft(somebody(), CLINIC, ago=hour)
    for _ in range(2):
        tell.submitted(somebody(), OTHERS[0], ago=timedelta(minutes=10))
        tell.sent_back(somebody(), OTHERS[3])
    for place in range(4):
        tell.forwarded(somebody(), CLINIC, days=1 + place % 3, date=2 + place)


def _ends(tell: Storyteller, somebody: Somebody) -> None:
    tell.waitlisted(somebody(), CLINIC)
    tell.refused(somebody(), OTHERS[4])
    tell.declined(somebody(), CLINIC)
    tell.withdrawn(somebody(), HEART)
    tell.offer_declined(somebody(), CLINIC)
    tell.offer_taken_back(somebody(), HEART)
    tell.offer_expired(somebody(), CLINIC)


def _bookings(tell: Storyteller, lina: User, somebody: Somebody) -> None:
    tell.offered(somebody(), CLINIC, days=2)
    tell.held(somebody(), HEART)
    tell.paid_too_late(somebody(), CLINIC)
    for days, date in ((12, 4), (6, 6)):
        tell.booked(somebody(), FREE, days=days, date=date)
        tell.booked(somebody(), INTRODUCTION, days=days, date=date)
    tell_last_weeks(tell, lina, INTRODUCTION)
    tell_letters(tell, lina)
    tell_life(tell, somebody(), INTRODUCTION, ago=40)
    tell_life(tell, somebody(), FREE, ago=35)
    tell_preparation(tell, somebody(), FREE)


def _applicant(number: int, now: datetime) -> User:
    name = names()[FIRST_NAME + number]
    user = _account(f"{name} (demo)", f"{slugify(name)}.demo@rounds.example")
    given, family = name.split(" ", 1)
    facts = {
        "given_name": given,
        "family_name": f"{family} (demo)",
        "status": "graduate",
        "graduation_year": now.year - 1 - number % 4,
        "school_country": COUNTRIES[number % len(COUNTRIES)],
        "step1_passed": True,
        "step2_passed": number % 3 != 0,
        "ecfmg_certified": number % 3 == 1,
        "visa": "b1_b2" if number % 4 else "esta",
    }
    save_facts(user, facts, actor=user, now=now - timedelta(days=60))
    return user


def _account(name: str, email: str) -> User:
    """Of somebody who never signs in: there is no password."""
    user = User.objects.create_user(
        email, None, public_id=demo_id(email), full_name=name, is_demo=True
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
