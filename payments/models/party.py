from django.conf import settings
from django.db import models
from django.db.models import Q

from usce.ids import PublicIdField


class PartyKind(models.TextChoices):
    PERSON = "person"
    PROVIDER = "provider"
    PLATFORM = "platform"


class Party(models.Model):
    """Whoever can owe or be owed: a person, a provider, Rounds itself."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=8, choices=PartyKind)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, help_text="of a payer without an account")
    stripe_customer_id = models.CharField(max_length=60, blank=True)
    money_path = models.CharField(
        max_length=120, blank=True, help_text="the page on which a provider sees its money"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="party_kind", condition=Q(kind__in=PartyKind.values)),
            models.UniqueConstraint(
                name="party_one_platform", fields=["kind"], condition=Q(kind=PartyKind.PLATFORM)
            ),
            models.UniqueConstraint(
                name="party_customer",
                fields=["stripe_customer_id"],
                condition=~Q(stripe_customer_id=""),
            ),
        ]
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.name


class PartyMember(models.Model):
    """Who may see a party's money; written down to here by the slices that know why."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "user"], name="party_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.party_id}"
