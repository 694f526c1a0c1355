"""People who sign in."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from usce.ids import PublicIdField


class StaffRole(models.TextChoices):
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    FINANCE = "finance"
    TRUST = "trust"
    ADMIN = "admin"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user; the e-mail is kept as written and unique whatever its case."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. One login may be applicant and provider; staff hold no other role."""

    public_id = PublicIdField()
    email = models.EmailField()
    full_name = models.CharField(max_length=180, blank=True)
    time_zone = models.CharField(max_length=40, default="UTC", help_text="IANA name")
    staff_roles = ArrayField(
        models.CharField(max_length=10, choices=StaffRole), default=list, blank=True
    )
    mfa_required = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email"),
            models.CheckConstraint(
                name="user_staff_roles", condition=Q(staff_roles__contained_by=StaffRole.values)
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    def has_staff_role(self, *roles: str) -> bool:
        """Whether the person holds one of the roles; an admin holds them all."""
        held = set(self.staff_roles)
        return StaffRole.ADMIN in held or bool(held.intersection(roles))


class ConsentRecord(models.Model):
    """A person agreed to one version of one text, or took that back; only added to."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    signed_name = models.CharField(max_length=180, blank=True, help_text="typed, where one signs")
    purpose = models.CharField(max_length=40, help_text="terms, adult, refund_terms, ...")
    text_version = models.CharField(max_length=20)
    text_sha256 = models.CharField(
        max_length=64, blank=True, help_text="of the words that were signed"
    )
    at = models.DateTimeField()
    ip_address = models.GenericIPAddressField(null=True)
    withdrawn = models.BooleanField(default=False, help_text="this row takes the consent back")

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"


class ApiToken(models.Model):
    """A program's key to one person's own things; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="api_token_ends", condition=Q(expires_at__gt=F("made_at"))),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def good(cls, now: datetime) -> models.QuerySet["ApiToken"]:
        return cls.objects.filter(revoked_at__isnull=True, expires_at__gt=now)

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything: staff and closed accounts have no tokens."""
        is_live = self.revoked_at is None and self.expires_at > now
        return is_live and self.user.is_active and not self.user.is_staff
