from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from usce.devstack.demo.seed import is_seeded, seed


class Command(BaseCommand):
    help = "Write the invented demo catalogue and people; adds only what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing if it is there")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["once"] and is_seeded():
            return
        seed(timezone.now())
        self.stdout.write("Demo catalogue and people are there.")
