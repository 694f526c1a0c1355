import time
from typing import Any

from django.core.management.base import BaseCommand

from usce.reference.actions import load_reference


class Command(BaseCommand):
    help = "Load states, specialties, countries, ZIP places and match cycles; safe to repeat."

    def handle(self, *_args: Any, **_options: Any) -> None:
        started = time.monotonic()
        counts = load_reference()
        seconds = time.monotonic() - started
        self.stdout.write(f"Reference data: {sum(counts.values()):,} rows in {seconds:.1f} s.")
