"""What can be booked: rotations, what they require and cost, and their dated openings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from rotations.catalog.states import OPENING, ROTATION, OpeningState, RotationState
from rotations.providers.models import Preceptor, Provider, Site
from usce.ids import PublicIdField
from usce.reference.models import Specialty
from usce.states import Stateful


class RotationKind(models.TextChoices):
    EXTERNSHIP = "externship", "Externship"
    CLERKSHIP = "clerkship", "Clerkship"
    ELECTIVE = "elective", "Elective"
    OBSERVERSHIP = "observership", "Observership"
    RESEARCH = "research", "Research experience"
    TELEMEDICINE = "telemedicine", "Telemedicine"


class Setting(models.TextChoices):
    INPATIENT = "inpatient", "Inpatient"
    OUTPATIENT = "outpatient", "Outpatient"
    BOTH = "both", "Inpatient and outpatient"
    REMOTE = "remote", "Remote"


class Letterhead(models.TextChoices):
    HOSPITAL = "hospital", "Hospital letterhead"
    UNIVERSITY = "university", "University letterhead"
    CLINIC = "clinic", "Clinic letterhead"
    NONE = "none", "No letterhead"


class PricePer(models.TextChoices):
    BLOCK = "block", "for the whole block"
    WEEK = "week", "per week"


class Carrier(models.TextChoices):
    """Who carries the malpractice cover."""

    PROVIDER = "provider", "The provider's own policy"
    SITE = "site", "The site's own policy"
    LEARNER = "learner", "The learner brings a policy"
    NOT_NEEDED = "not_needed", "Not needed: no patient contact"


class Activity(models.TextChoices):
    ROUNDS = "rounds", "Rounds"
    CLINIC = "clinic", "Clinic"
    CONFERENCES = "conferences", "Conferences"
    PROCEDURES = "procedures", "Procedures"
    MEETINGS = "meetings", "Department meetings"


class RefundPolicy(models.Model):
    """One version of refund terms; a booking keeps the version it was made under.

    `tiers` is a list of [days before start, percent back], most days first; percents never rise
    as the start nears. The days end with the calendar day in the site's zone.
    """

    key = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    tiers = models.JSONField()
    visa_refusal_percent = models.PositiveSmallIntegerField()
    visa_delay_percent = models.PositiveSmallIntegerField(
        default=0, help_text="applied for in time, not decided before the start"
    )
    illness_percent = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="policy_version"),
            models.CheckConstraint(
                name="policy_visa_percent", condition=Q(visa_refusal_percent__lte=100)
            ),
            models.CheckConstraint(
                name="policy_delay_percent", condition=Q(visa_delay_percent__lte=100)
            ),
            models.CheckConstraint(
                name="policy_illness_percent", condition=Q(illness_percent__lte=100)
            ),
        ]
        verbose_name_plural = "refund policies"

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


LISTING_REVIEW = "catalog.listing_review"  # the type of a verifier's case


class Rotation(Stateful):
    """A listing. `price_cents`, per block or week, goes to the provider, the fee to Rounds."""

    transitions = ROTATION

    public_id = PublicIdField()
    slug = models.SlugField(max_length=100)
    title = models.CharField(max_length=140)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    preceptor = models.ForeignKey(Preceptor, on_delete=models.PROTECT, related_name="+")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RotationKind)
    setting = models.CharField(max_length=10, choices=Setting)
    summary = models.TextField()
    duties = ArrayField(models.CharField(max_length=120), help_text="what you will do")
    not_included = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    weeks = models.PositiveSmallIntegerField(default=4, help_text="of one block")
    hours_per_week = models.PositiveSmallIntegerField()
    letterhead = models.CharField(max_length=10, choices=Letterhead)
    letter_conditions = models.TextField(blank=True)
    residents_present = models.BooleanField(default=False)
    attending_changes_weeks = models.PositiveSmallIntegerField(
        null=True, help_text="the attending changes every so many weeks; empty: the same throughout"
    )
    activities = ArrayField(
        models.CharField(max_length=11, choices=Activity), default=list, blank=True
    )
    gives_certificate = models.BooleanField(default=True)
    affiliation = models.CharField(
        max_length=200, blank=True, help_text="accreditation or affiliation, in words"
    )
    malpractice_carrier = models.CharField(
        max_length=10, choices=Carrier, default=Carrier.NOT_NEEDED
    )
    malpractice = models.CharField(
        max_length=160, help_text="what the cover allows, and why it limits duties"
    )
    remote_platform = models.CharField(max_length=80, blank=True)
    remote_hours = models.CharField(max_length=120, blank=True, help_text="with their time zone")
    price_cents = models.PositiveIntegerField()
    price_per = models.CharField(max_length=5, choices=PricePer, default=PricePer.BLOCK)
    platform_fee_cents = models.PositiveIntegerField()
    deposit_cents = models.PositiveIntegerField(help_text="of the whole price, due at booking")
    balance_days = models.PositiveSmallIntegerField(help_text="before start, for the rest")
    refund_policy = models.ForeignKey(RefundPolicy, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=RotationState, default=RotationState.DRAFT)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rotation_state", condition=Q(state__in=RotationState.values)
            ),
            models.CheckConstraint(name="rotation_kind", condition=Q(kind__in=RotationKind.values)),
            models.CheckConstraint(
                name="rotation_setting", condition=Q(setting__in=Setting.values)
            ),
            models.CheckConstraint(
                name="rotation_letterhead", condition=Q(letterhead__in=Letterhead.values)
            ),
            models.CheckConstraint(
                name="rotation_price_per", condition=Q(price_per__in=PricePer.values)
            ),
            models.CheckConstraint(
                name="rotation_carrier", condition=Q(malpractice_carrier__in=Carrier.values)
            ),
            models.CheckConstraint(
                name="rotation_activities",
                condition=Q(activities__contained_by=Activity.values),
            ),
            models.CheckConstraint(name="rotation_weeks", condition=Q(weeks__gte=1)),
            models.CheckConstraint(
                name="rotation_telemedicine_is_remote",
                condition=~Q(kind=RotationKind.TELEMEDICINE) | Q(setting=Setting.REMOTE),
            ),
            # By the week the least total is one week's.
            models.CheckConstraint(
                name="rotation_deposit",
                condition=Q(deposit_cents__lte=F("price_cents") + F("platform_fee_cents")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="rotation_newest",
                condition=Q(state=RotationState.PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return bool(self.state == RotationState.DRAFT)

    @property
    def activity_words(self) -> list[str]:
        return [Activity(activity).label for activity in self.activities]

    @property
    def is_free(self) -> bool:
        return not self.price_cents and not self.platform_fee_cents

    def provider_cents(self, weeks: int) -> int:
        return self.price_cents * (weeks if self.price_per == PricePer.WEEK else 1)

    def net_cents(self, weeks: int) -> int:
        """The price of an opening that lasts so many weeks, before any tax."""
        return self.provider_cents(weeks) + self.platform_fee_cents

    @property
    def is_in_person(self) -> bool:
        return self.setting != Setting.REMOTE


class DutyName(models.TextChoices):
    HISTORY = "history", "Take a history"
    EXAM = "exam", "Examine"
    NOTES = "notes", "Write notes"
    EMR = "emr", "Use the electronic record"
    ORDERS = "orders", "Propose orders"
    PROCEDURES = "procedures", "Procedures"


class Place(models.TextChoices):
    INPATIENT = "inpatient", "Inpatient"
    OUTPATIENT = "outpatient", "Outpatient"
    REMOTE = "remote", "Remote"


class DutyLevel(models.TextChoices):
    OBSERVE = "observe", "Observe"
    ASSIST = "assist", "Assist"
    SUPERVISED = "supervised", "Do, under supervision"


class Duty(models.Model):
    """One cell of the duties matrix; what has no row is not done there at all."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="matrix")
    duty = models.CharField(max_length=10, choices=DutyName)
    place = models.CharField(max_length=10, choices=Place)
    level = models.CharField(max_length=10, choices=DutyLevel)

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.UniqueConstraint(fields=["rotation", "duty", "place"], name="duty_once"),
            models.CheckConstraint(name="duty_name", condition=Q(duty__in=DutyName.values)),
            models.CheckConstraint(name="duty_place", condition=Q(place__in=Place.values)),
            models.CheckConstraint(name="duty_level", condition=Q(level__in=DutyLevel.values)),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.place}: {self.level}"


class Weight(models.TextChoices):
    MUST = "must", "Required to apply"
    BY_START = "by_start", "Required by the start"
    WISH = "wish", "Preferred"


class Requirement(models.Model):
    """One structured rule of a listing; `kind` and `params` are the vocabulary of eligibility."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="requirements")
    kind = models.CharField(max_length=30)
    params = models.JSONField(default=dict)
    weight = models.CharField(max_length=8, choices=Weight, default=Weight.MUST)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="requirement_weight", condition=Q(weight__in=Weight.values)
            ),
            models.UniqueConstraint(fields=["rotation", "kind"], name="requirement_once"),
        ]

    def __str__(self) -> str:
        return self.kind


class Opening(Stateful):
    """Dated seats. `taken` changes only by the one statement that cannot oversell."""

    transitions = OPENING

    public_id = PublicIdField()
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="openings")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    seats = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=OpeningState, default=OpeningState.OPEN)
    cancel_reason = models.TextField(blank=True, help_text="told to whoever applied")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_state", condition=Q(state__in=OpeningState.values)
            ),
            models.CheckConstraint(name="opening_dates", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="opening_not_oversold", condition=Q(taken__lte=F("seats"))),
            models.UniqueConstraint(
                fields=["rotation", "starts_on", "ends_on"], name="opening_once"
            ),
        ]
        indexes = [
            models.Index(fields=["rotation", "starts_on"], name="opening_soonest"),
            models.Index(
                fields=["rotation", "starts_on"],
                include=["ends_on"],
                name="opening_free",
                condition=Q(state=OpeningState.OPEN, taken__lt=F("seats")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"

    @property
    def weeks(self) -> int:
        return ((self.ends_on - self.starts_on).days + 7) // 7

    @property
    def seats_left(self) -> int:
        return self.seats - self.taken


class PreceptorWeek(models.Model):
    """How many learners a preceptor has in a week (Monday), against the cap he stated."""

    preceptor = models.ForeignKey(Preceptor, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    taken = models.PositiveSmallIntegerField(default=0)
    cap = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preceptor", "monday"], name="preceptor_week_once"),
            models.CheckConstraint(name="preceptor_not_over", condition=Q(taken__lte=F("cap"))),
        ]

    def __str__(self) -> str:
        return f"{self.preceptor_id} {self.monday}"
