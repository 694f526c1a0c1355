"""The packet behind the writer's link: written down each time, and gone with the consent."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import StreamingHttpResponse

from applicants.documents.actions import StillChecked
from applicants.documents.actions.opening import marked_with
from rotations.letters.actions.errors import NotOpen
from rotations.letters.models import Letter, PacketView, Share
from rotations.letters.permissions import can_answer_by_link
from rotations.letters.states import LetterState
from rotations.placements.queries import zone_of
from rotations.placements.rules import day_at
from usce.files.models import Derivative
from usce.files.streams import NotServable, show_marked_page
from usce.limits.actions import check
from usce.permissions import require
from usce.states import lock

VISIT, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MOST_PAGES_A_MINUTE = 60
PACKET, CV = "Packet opened", "CV opened"


def show_cv_page(letter: Letter, page: Derivative, *, now: datetime) -> StreamingHttpResponse:
    """One page as a picture with the writer's name across it. Raises NotOpen, TooOften."""
    require(can_answer_by_link(letter))
    check(f"letter-pages:{letter.pk}", limit=MOST_PAGES_A_MINUTE, window=MINUTE, now=now)
    words = marked_with(letter.writer_name, day_at(now, zone_of(letter.placement)))
    if letter.state != LetterState.ACCEPTED or Share.CV not in letter.shares:
        raise NotOpen("The packet is closed.")
    try:
        response = show_marked_page(page, words)
    except NotServable as error:
        raise StillChecked from error
    note_view(letter, CV, now=now)
    return response


def note_view(letter: Letter, what: str, *, now: datetime) -> None:
    """That it was opened, once an hour: mail programs look at links too."""
    with transaction.atomic():
        lock(letter)
        known = PacketView.objects.filter(letter=letter, what=what, at__gt=now - VISIT)
        if not known.exists():
            PacketView.objects.create(letter=letter, what=what, at=now)
