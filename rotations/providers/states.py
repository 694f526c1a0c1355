from django.db import models

from usce.states import Table


class ProviderState(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


TRANSITIONS: Table = {
    ProviderState.DRAFT: frozenset({ProviderState.SUBMITTED}),
    ProviderState.SUBMITTED: frozenset({ProviderState.VERIFIED, ProviderState.DRAFT}),
    ProviderState.VERIFIED: frozenset({ProviderState.SUSPENDED}),
    ProviderState.SUSPENDED: frozenset({ProviderState.VERIFIED}),
}
