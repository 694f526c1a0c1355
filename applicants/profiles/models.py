"""What an applicant tells about herself, asked only when a listing names it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from payments.models import Party
from usce.reference.models import Country


class Status(models.TextChoices):
    STUDENT = "student", "Medical student"
    GRADUATE = "graduate", "Medical graduate"


class VisaHeld(models.TextChoices):
    """What lets the person be in the United States on the dates of a rotation."""

    NONE = "none", "None yet"
    B1_B2 = "b1_b2", "B-1 or B-2 visitor visa"
    ESTA = "esta", "ESTA (Visa Waiver Program)"
    J1 = "j1", "J-1"
    F1 = "f1", "F-1"
    DEPENDENT = "dependent", "Dependent visa (F-2, H-4, J-2, L-2, O-3)"
    RESIDENT = "resident", "U.S. citizen, permanent resident or work permit (EAD)"


class Profile(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="+")
    given_name = models.CharField(max_length=90, blank=True)
    family_name = models.CharField(max_length=90, blank=True)
    status = models.CharField(max_length=8, choices=Status, blank=True)
    school_country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    graduation_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1950), MaxValueValidator(2100)]
    )
    step1_passed = models.BooleanField(null=True, blank=True)
    step2_passed = models.BooleanField(null=True, blank=True)
    ecfmg_certified = models.BooleanField(null=True, blank=True)
    visa = models.CharField(max_length=9, choices=VisaHeld, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_status", condition=Q(status__in=[*Status.values, ""])
            ),
            models.CheckConstraint(
                name="profile_visa", condition=Q(visa__in=[*VisaHeld.values, ""])
            ),
            models.CheckConstraint(
                name="profile_year",
                condition=Q(graduation_year__isnull=True) | Q(graduation_year__range=(1950, 2100)),
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"
