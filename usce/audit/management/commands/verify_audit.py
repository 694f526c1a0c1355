from typing import Any

from django.core.management.base import BaseCommand, CommandError

from usce.audit.models import AuditSeal
from usce.audit.sealing import verify


class Command(BaseCommand):
    help = "Walk the audit chain; fails and names the first break."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = verify()
        if found is not None:
            raise CommandError(f"Position {found.position}: {found.finding}.")
        self.stdout.write(f"{AuditSeal.objects.count()} entries, unbroken.")
