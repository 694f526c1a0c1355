from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rotations.catalog.presets import load_presets


class Command(BaseCommand):
    help = "Write down the current version of each preset of refund terms."

    def handle(self, *_args: Any, **_options: Any) -> None:
        loaded = load_presets(timezone.now())
        self.stdout.write(", ".join(str(policy) for policy in loaded))
