"""What an applicant tells about herself, asked only when a listing names it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from applicants.profiles.rules import PASS_FAIL_FROM, STEPS
from payments.models import Party
from usce.ids import PublicIdField
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


class Exam(models.TextChoices):
    STEP1 = "step1", "USMLE Step 1"
    STEP2_CK = "step2_ck", "USMLE Step 2 CK"
    STEP3 = "step3", "USMLE Step 3"
    OET = "oet", "OET Medicine"


class ExamOutcome(models.TextChoices):
    PASSED = "passed", "Passed"
    FAILED = "failed", "Not passed"
    WAITING = "waiting", "Booked, or waiting for the result"


class Profile(models.Model):
    """What she told of herself; the columns under "attempts" follow from her attempts alone."""

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
    usmle_id = models.CharField(max_length=11, blank=True)
    aamc_id = models.CharField(max_length=8, blank=True)
    pathway = models.PositiveSmallIntegerField(null=True, blank=True)
    ecfmg_certified_on = models.DateField(null=True, blank=True)
    school_name = models.CharField(max_length=160, blank=True)
    enrolment_confirmed = models.BooleanField(null=True, blank=True, help_text="by her school")
    # attempts: kept here so that a page which asks for the facts asks one row
    step1_attempts = models.PositiveSmallIntegerField(null=True, blank=True)
    step1_passed_on = models.DateField(null=True, blank=True)
    step2_attempts = models.PositiveSmallIntegerField(null=True, blank=True)
    step2_score = models.PositiveSmallIntegerField(null=True, blank=True)
    step2_passed_on = models.DateField(null=True, blank=True)
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
            models.CheckConstraint(
                name="profile_usmle_id",
                condition=Q(usmle_id="") | Q(usmle_id__regex=r"^\d-\d{3}-\d{3}-\d$"),
            ),
            models.CheckConstraint(
                name="profile_aamc_id", condition=Q(aamc_id="") | Q(aamc_id__regex=r"^\d{8}$")
            ),
            models.CheckConstraint(
                name="profile_pathway", condition=Q(pathway__isnull=True) | Q(pathway__range=(1, 6))
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class ExamAttempt(models.Model):
    """One sitting on one day. A score only where one is reported, and never while waiting."""

    public_id = PublicIdField()
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="attempts")
    exam = models.CharField(max_length=8, choices=Exam)
    taken_on = models.DateField()
    outcome = models.CharField(max_length=7, choices=ExamOutcome)
    score = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="attempt_once_a_day", fields=["profile", "exam", "taken_on"]
            ),
            models.CheckConstraint(name="attempt_exam", condition=Q(exam__in=Exam.values)),
            models.CheckConstraint(
                name="attempt_outcome", condition=Q(outcome__in=ExamOutcome.values)
            ),
            models.CheckConstraint(
                name="attempt_score",
                condition=Q(score__isnull=True)
                | (
                    Q(score__range=(1, 300), exam__in=STEPS)
                    & ~Q(outcome=ExamOutcome.WAITING)
                    & ~Q(exam=Exam.STEP1, taken_on__gte=PASS_FAIL_FROM)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam} on {self.taken_on}"


class Passport(models.Model):
    """Private: no provider reads it here. Of the number, a keyed hash and its end are kept."""

    profile = models.OneToOneField(Profile, on_delete=models.PROTECT, related_name="passport")
    born_on = models.DateField(null=True, blank=True)
    nationality = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    residence = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number_hash = models.CharField(max_length=64, blank=True)
    number_end = models.CharField(max_length=3, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    interview_on = models.DateField(null=True, blank=True, help_text="at the consulate")
    interview_city = models.CharField(max_length=80, blank=True)
    interview_country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="passport_number",
                condition=Q(number_hash="", number_end="")
                | Q(number_hash__regex="^[0-9a-f]{64}$", number_end__regex="^[0-9A-Z]{3}$"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["number_hash"], name="passport_number_hash", condition=~Q(number_hash="")
            )
        ]

    def __str__(self) -> str:
        return f"passport of {self.profile_id}"


class SamePassport(models.Model):
    """Two accounts that gave one passport number: what a case of the trust queue is about."""

    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="same_passport_once", fields=["first", "second"]),
            models.CheckConstraint(
                name="same_passport_in_order", condition=Q(first_id__lt=models.F("second_id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class EnrolmentAnswer(models.TextChoices):
    CONFIRMED = "confirmed", "Yes: enrolled, and in good standing"
    DENIED = "denied", "No, this is not so"


class EnrolmentRequest(models.Model):
    """One question to one person at the school; at most one is open for each student."""

    public_id = PublicIdField()
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="enrolments")
    school_name = models.CharField(max_length=160)
    contact_name = models.CharField(max_length=90)
    contact_role = models.CharField(max_length=90)
    contact_email = models.EmailField()
    mails = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="another was asked instead")
    answer = models.CharField(max_length=9, choices=EnrolmentAnswer, blank=True)
    electives = models.BooleanField(null=True, blank=True, help_text="electives are approved")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="enrolment_one_open",
                fields=["profile"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="enrolment_answer",
                condition=Q(answer="", answered_at__isnull=True, electives__isnull=True)
                | Q(answer__in=EnrolmentAnswer.values, answered_at__isnull=False),
            ),
            models.CheckConstraint(name="enrolment_mails", condition=Q(mails__range=(1, 3))),
        ]

    def __str__(self) -> str:
        return f"enrolment of {self.profile_id} at {self.school_name}"


class GoalStatement(models.Model):
    """What she wants from a rotation; each change is a new row, and the newest counts."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="goals")
    text = models.TextField(max_length=2000, blank=True)
    host_may_read = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile", "-id"], name="goal_newest")]

    def __str__(self) -> str:
        return f"goals of {self.profile_id}, {self.written_at:%Y-%m-%d}"
