"""Words in time: what was looked up will not count for much longer."""

from datetime import datetime, timedelta

from rotations.providers.models import Preceptor
from rotations.providers.notifications import tell_license_ending
from rotations.providers.states import ProviderState

STEPS = (30, 7)  # days before the next check is due


def remind_of_licenses(now: datetime) -> None:
    """Tell each team once for each step that was reached; whoever was told late is told once."""
    today = now.date()
    ending = Preceptor.objects.filter(
        provider__state=ProviderState.VERIFIED,
        license_next_check_on__gt=today,
        license_next_check_on__lte=today + timedelta(days=max(STEPS)),
    )
    for preceptor in ending.select_related("provider").order_by("license_next_check_on", "id"):
        until_on = preceptor.license_next_check_on
        if until_on is not None:
            step = min(days for days in STEPS if until_on <= today + timedelta(days=days))
            tell_license_ending(preceptor, until_on, step, now=now)
