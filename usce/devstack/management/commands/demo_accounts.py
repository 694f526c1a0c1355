from typing import Any

from django.core.management.base import BaseCommand

from usce.devstack.demo.accounts import current_code
from usce.devstack.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the invented people, their password and their second-factor codes of this minute."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"Demo accounts, all with the password {PASSWORD}:")
        for person in PEOPLE:
            seed = person.totp_seed
            second = f"  code now {current_code(seed)}, seed {seed}" if seed else ""
            self.stdout.write(f"  {person.email:<28} {person.part:<28}{second}")
