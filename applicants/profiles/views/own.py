from django.http import HttpRequest

from applicants.profiles.permissions import can_keep_profile
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.permissions import require


def own_profile(request: HttpRequest) -> User:
    """Who keeps her own profile here; staff have none."""
    user = signed_in(request)
    require(can_keep_profile(user, user), "Staff accounts have no applicant profile.")
    return user
