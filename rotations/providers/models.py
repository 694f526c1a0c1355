"""Who offers rotations: organisations, the people who run them, their sites and preceptors."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from payments.models import Party
from rotations.providers.states import TRANSITIONS, ProviderState
from usce.ids import PublicIdField
from usce.reference.models import Specialty, State
from usce.states import Stateful


class ProviderKind(models.TextChoices):
    HOSPITAL = "hospital", "Hospital"
    CLINIC = "clinic", "Clinic"
    UNIVERSITY = "university", "University"
    PRACTICE = "practice", "Private practice"
    AGENCY = "agency", "Agency"


VERIFICATION = "providers.verification"  # the type of a verifier's case


class Provider(Stateful):
    transitions = TRANSITIONS

    public_id = PublicIdField()
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=ProviderKind)
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=ProviderState, default=ProviderState.DRAFT)
    about = models.TextField(blank=True)
    website = models.URLField(blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provider_state", condition=Q(state__in=ProviderState.values)
            ),
            models.CheckConstraint(name="provider_kind", condition=Q(kind__in=ProviderKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", "Owner: everything, and the team"
    COORDINATOR = "coordinator", "Coordinator: rotations and applicants"
    SCHEDULER = "scheduler", "Scheduler: dates and seats"
    PRECEPTOR = "preceptor", "Preceptor: sees what is planned"
    FINANCE = "finance", "Finance: sees the money"


class Member(models.Model):
    """A person's role at a provider."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=11, choices=Role)
    title = models.CharField(max_length=80, blank=True, help_text="what the person is called there")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="member_role", condition=Q(role__in=Role.values)),
            models.UniqueConstraint(
                name="member_once",
                fields=["provider", "user"],
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.provider_id}"


class Invitation(models.Model):
    """Somebody is asked by mail to join a team; ended when it was accepted or taken back."""

    public_id = PublicIdField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=11, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="invitation_role", condition=Q(role__in=Role.values)),
            models.UniqueConstraint(
                "provider",
                Lower("email"),
                name="invitation_one_live",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.provider_id}"


class SiteKind(models.TextChoices):
    TEACHING_HOSPITAL = "teaching", "Teaching hospital"
    HOSPITAL = "hospital", "Community hospital"
    CLINIC = "clinic", "Clinic"
    OFFICE = "office", "Physician's office"
    REMOTE = "remote", "Remote"


class Site(models.Model):
    """A place where learners go; its time zone rules the calendar days of a rotation."""

    public_id = PublicIdField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=160)
    street = models.CharField(max_length=160)
    city = models.CharField(max_length=80)
    region = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    zip = models.CharField(max_length=5)
    time_zone = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=SiteKind, default=SiteKind.CLINIC)

    class Meta:
        constraints = [
            models.CheckConstraint(name="site_kind", condition=Q(kind__in=SiteKind.values)),
            models.CheckConstraint(name="site_zip", condition=Q(zip__regex=r"^\d{5}$")),
        ]

    def __str__(self) -> str:
        return self.name


class Shown(models.TextChoices):
    """How a preceptor consented to be shown; without an answer, only in the offer."""

    PUBLIC = "public", "To everybody"
    SIGNED_IN = "signed_in", "To people who are signed in"
    IN_OFFER = "in_offer", "In the offer, before any payment"


class Preceptor(models.Model):
    """A physician who supervises, what was looked up about the license, and when."""

    public_id = PublicIdField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="preceptors")
    name = models.CharField(max_length=160)
    credentials = models.CharField(max_length=40, help_text="MD, DO, FACP")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    npi = models.CharField(max_length=10, blank=True, help_text="National Provider Identifier")
    license_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    license_number = models.CharField(max_length=40)
    license_checked_on = models.DateField(null=True)
    license_source = models.CharField(max_length=200, blank=True)
    license_next_check_on = models.DateField(null=True)
    max_learners = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1)], help_text="in any one week"
    )
    shown = models.CharField(max_length=9, choices=Shown, default=Shown.IN_OFFER)
    shown_answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="preceptor_shown", condition=Q(shown__in=Shown.values)),
            models.CheckConstraint(name="preceptor_cap", condition=Q(max_learners__gte=1)),
            models.CheckConstraint(name="preceptor_npi", condition=Q(npi__regex=r"^(\d{10})?$")),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}"
