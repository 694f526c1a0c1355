from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from usce.devstack.demo.invented import NAMED
from usce.devstack.demo.seed import DATES_EACH, is_seeded, seed


class Command(BaseCommand):
    help = "Write the invented demo catalogue and people; adds only what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing if it is there")
        parser.add_argument("--rotations", type=int, default=NAMED, help="in all, published")
        parser.add_argument("--openings-each", type=int, default=DATES_EACH)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["once"] and is_seeded():
            return
        with connection.cursor() as cursor:  # rows are made up between statements, for minutes
            cursor.execute("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0")
        rotations, dates = options["rotations"], options["openings_each"]
        seed(timezone.now(), rotations=rotations, openings_each=dates)
        self.stdout.write("Demo catalogue and people are there.")
