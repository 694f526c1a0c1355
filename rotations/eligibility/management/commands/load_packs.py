from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rotations.eligibility.actions import note_packs
from usce.permissions import SYSTEM


class Command(BaseCommand):
    help = "Note the rule packs in force; open applications are judged anew where one changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        noted = note_packs(actor=SYSTEM, now=timezone.now())
        self.stdout.write(", ".join(noted) or "No rule pack has changed.")
