from datetime import timedelta

from django.utils import timezone

from rotations.letters import actions
from rotations.letters.queries import due_to_remind, letters, outlived, silent
from usce.jobs.registry import job


@job("letters.invite", every=timedelta(hours=6))
def invite() -> None:
    actions.invite_to_ask(timezone.now())


@job("letters.remind", every=timedelta(minutes=5))
def remind() -> None:
    now = timezone.now()
    for pk in due_to_remind(now.date()):
        actions.remind_of_letter(letters().get(pk=pk), now=now)


@job("letters.tell_of_silence", every=timedelta(hours=1))
def tell_of_silence() -> None:
    now = timezone.now()
    for pk in silent(now):
        actions.tell_of_silence(letters().get(pk=pk), now=now)


@job("letters.let_lapse", every=timedelta(hours=1))
def let_lapse() -> None:
    now = timezone.now()
    for pk in outlived(now.date()):
        actions.let_lapse(letters().get(pk=pk), now=now)
