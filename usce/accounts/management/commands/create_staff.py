from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from usce.accounts.actions import set_staff_roles
from usce.accounts.models import StaffRole, User
from usce.permissions import SYSTEM


class Command(BaseCommand):
    help = "Make a staff account without password: its first sign-in is by a mailed code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", action="append", required=True, choices=StaffRole.values)

    def handle(self, *_args: Any, **options: Any) -> None:
        email, roles = options["email"], [StaffRole(role) for role in options["role"]]
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} has an account already; staff hold no other role.")
        with transaction.atomic():
            user = User.objects.create_user(email)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            set_staff_roles(user, roles, actor=SYSTEM, now=timezone.now())
        self.stdout.write(f"{email} signs in by code and sets up a second factor at once.")
