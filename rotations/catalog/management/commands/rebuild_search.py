import time
from typing import Any

from django.core.management.base import BaseCommand

from rotations.catalog.search import rebuild_search


class Command(BaseCommand):
    help = "Write every search row anew from its sources; safe to repeat."

    def handle(self, *_args: Any, **_options: Any) -> None:
        started = time.monotonic()
        count = rebuild_search()
        seconds = time.monotonic() - started
        self.stdout.write(f"Search rows of {count:,} rotations in {seconds:.1f} s.")
