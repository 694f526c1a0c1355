"""Letter requests as each viewer may see them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.queries import own_documents
from applicants.documents.states import DocumentState
from applicants.profiles.queries import profile_for
from rotations.bookings.states import BookingState
from rotations.letters.models import Letter, PacketView, Quiet, Share
from rotations.letters.rules import (
    OPENS,
    SILENT_AFTER,
    UNANSWERED_FOR,
    UNSUBMITTED_FOR,
    AnswerTime,
    Season,
    answer_time,
)
from rotations.letters.states import OPEN, LetterState
from rotations.placements.models import Day, Placement
from rotations.placements.queries import AROUND as AROUND_PLACEMENT
from rotations.placements.queries import days_of
from rotations.placements.states import DayState
from rotations.providers.models import Preceptor, Provider, Shown
from usce.accounts.models import User
from usce.files.states import BlobState
from usce.notifications.queries import suppression_of
from usce.reference.models import MatchCycle

AROUND = (
    *("learner", "preceptor__provider", "specialty", "cv__blob"),
    *(f"placement__{name}" for name in AROUND_PLACEMENT),
)
MOST_AT_ONCE = 2000
UNDER_WAY = (BookingState.ACTIVE, BookingState.COMPLETED)
SHOWN = (Shown.PUBLIC, Shown.SIGNED_IN)


def letters_for(user: User) -> QuerySet[Letter]:
    """The person's own, whatever became of the rotation."""
    return letters().filter(learner=user).order_by("-id")


def letters_of(placement: Placement) -> QuerySet[Letter]:
    return letters().filter(placement=placement).order_by("-id")


def letters() -> QuerySet[Letter]:
    """Everybody's; for the doors and the sweep."""
    return Letter.objects.select_related(*AROUND)


def letters_at(provider: Provider) -> QuerySet[Letter]:
    """What learners asked the provider's own preceptors: never words, the letter is nowhere."""
    return (
        Letter.objects.select_related("learner", "preceptor", "placement__booking__application")
        .filter(preceptor__provider=provider)
        .defer("private_words", "suggested_name", "suggested_email", "statement")
        .order_by("-id")
    )


def writers_for(placement: Placement) -> list[Preceptor]:
    """Whom she may choose: her preceptor, the attendings of her days, and who is shown anyway."""
    first = placement.booking.offer.preceptor
    beside = Day.objects.filter(placement=placement, attending__isnull=False).values("attending")
    known = Q(pk=first.pk) | Q(pk__in=beside) | Q(shown__in=SHOWN)
    rows = Preceptor.objects.filter(known, provider=first.provider_id).order_by("name", "id")
    return sorted(rows, key=lambda one: one.pk != first.pk)


def days_with(letter: Letter) -> tuple[int, int, float]:
    """Confirmed days of the rotation, how many of them with this writer, and the hours in all."""
    told = days_of(letter.placement).filter(state=DayState.CONFIRMED)
    rows = list(told.values_list("attending", "minutes"))
    own = sum(1 for attending, _minutes in rows if attending == letter.preceptor_id is not None)
    return len(rows), own, sum(minutes or 0 for _attending, minutes in rows) / 60


def sharable_cv(user: User) -> Document | None:
    """The newest CV that passed its checks."""
    kept = (DocumentState.NEEDS_REVIEW, DocumentState.ACCEPTED)
    found = own_documents(user).filter(kind=DocumentKind.CV, state__in=kept)
    return found.filter(blob__state=BlobState.CLEAN).first()


def aamc_id_of(user: User) -> str:
    profile = profile_for(user)
    return profile.aamc_id if profile else ""


def sharable(user: User) -> list[Share]:
    """What there is to show a writer."""
    there = {Share.CV: sharable_cv(user), Share.AAMC_ID: aamc_id_of(user)}
    return [one for one in Share if there.get(one, True)]


def seasons(now: datetime) -> list[Season]:
    """Those whose letters are still to be read."""
    rows = MatchCycle.objects.filter(programs_read_from_at__gt=now)
    return [
        Season(str(one), one.programs_read_from_at.date(), one.source, one.checked_on)
        for one in rows
        if one.programs_read_from_at
    ]


def quiet_of(preceptor: Preceptor | None, email: str) -> Quiet | None:
    if preceptor is not None:
        return Quiet.objects.filter(preceptor=preceptor).first()
    return Quiet.objects.filter(email__iexact=email).first()


def is_staff_address(email: str) -> bool:
    rows = User.objects.filter(email__iexact=email)
    return any(person.is_staff for person in rows)


def is_unreachable(email: str) -> bool:
    """Whether mails to this address came back."""
    return suppression_of(email) is not None


def views_of(letter: Letter) -> QuerySet[PacketView]:
    return PacketView.objects.filter(letter=letter).order_by("-id")


def due_to_remind(today: date) -> list[int]:
    """By the earliest day it can be anywhere; the site's own calendar decides, in the action."""
    rows = Letter.objects.filter(state__in=OPEN, remind_on__lte=today + timedelta(days=1))
    return list(rows.order_by("remind_on", "id").values_list("pk", flat=True)[:MOST_AT_ONCE])


def silent(now: datetime) -> list[int]:
    rows = Letter.objects.filter(
        state=LetterState.REQUESTED, asked_at__lte=now - SILENT_AFTER, silence_told_at__isnull=True
    )
    return list(rows.order_by("id").values_list("pk", flat=True)[:MOST_AT_ONCE])


def outlived(today: date) -> list[int]:
    """Requests whose last day may be over, and those of a writer who has another address now."""
    late = Q(state=LetterState.REQUESTED, due_on__lt=today - UNANSWERED_FOR) | Q(
        state=LetterState.ACCEPTED, due_on__lt=today - UNSUBMITTED_FOR
    )
    moved = Q(state__in=OPEN, preceptor__isnull=False) & ~Q(
        preceptor__email__iexact=F("writer_email")
    )
    rows = Letter.objects.filter(late | moved)
    return list(rows.order_by("id").values_list("pk", flat=True)[:MOST_AT_ONCE])


def unasked(now: datetime) -> QuerySet[Placement]:
    """Rotations in their last two weeks, and just after, for which no letter was asked yet."""
    today = now.date()
    return Placement.objects.select_related(*AROUND_PLACEMENT).filter(
        ~Exists(Letter.objects.filter(placement=OuterRef("pk"))),
        booking__state__in=UNDER_WAY,
        booking__ends_on__range=(today - OPENS, today + OPENS),
    )


def unasked_of(user: User, bookings: Iterable[int], now: datetime) -> dict[int, str]:
    """By booking the address of its rotation, where the letter is still to be asked for."""
    rows = unasked(now).filter(booking__applicant=user, booking__in=list(bookings))
    return dict(rows.values_list("booking", "public_id"))


def to_look_for(user: User) -> dict[int, Letter]:
    """By booking the oldest letter that its writer submitted and she has not seen there yet."""
    rows = Letter.objects.filter(learner=user, state=LetterState.SUBMITTED)
    found = rows.select_related("preceptor", "placement").order_by("-id")
    return {one.placement.booking_id: one for one in found}


def answer_times(provider: Provider) -> list[tuple[Preceptor, AnswerTime]]:
    """By writer, those asked most first; what was withdrawn unanswered asks nothing of anybody."""
    asked = Letter.objects.filter(preceptor__provider=provider).exclude(
        state=LetterState.WITHDRAWN, answered_at__isnull=True
    )
    took: dict[int, list[timedelta | None]] = {}
    for pk, asked_at, answered_at in asked.values_list("preceptor", "asked_at", "answered_at"):
        took.setdefault(pk, []).append(answered_at - asked_at if answered_at else None)
    rows = Preceptor.objects.filter(pk__in=took).order_by("name", "id")
    return sorted(
        ((one, answer_time(took[one.pk])) for one in rows), key=lambda pair: -pair[1].asked
    )


def total_of(times: Sequence[tuple[Preceptor, AnswerTime]]) -> tuple[int, int]:
    """Answered and asked, of all writers."""
    return sum(t.answered for _p, t in times), sum(t.asked for _p, t in times)
