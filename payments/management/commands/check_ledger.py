from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.gateway import balance_cents
from payments.queries import ledger_faults


class Command(BaseCommand):
    help = "Compare the ledger with itself, with the payments and with Stripe's balance."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offline", action="store_true", help="do not ask Stripe")

    def handle(self, *_args: Any, **options: Any) -> None:
        faults = ledger_faults(None if options["offline"] else balance_cents())
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The ledger agrees.")
