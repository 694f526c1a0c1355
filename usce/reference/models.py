"""Dated facts about the world, each with where it was read and when it was looked at."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value


class Fact(models.Model):
    source = models.CharField(max_length=300)
    checked_on = models.DateField(help_text="when somebody last looked at the source")

    class Meta:
        abstract = True


class State(Fact):
    """A state, the District of Columbia or Puerto Rico."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=40, help_text="of its largest city (IANA)")
    us_img_matched = models.PositiveIntegerField(null=True)
    non_us_img_matched = models.PositiveIntegerField(null=True)
    match_year = models.PositiveSmallIntegerField(null=True)
    has_taxes = models.BooleanField(
        default=False, help_text="whether it has a tax rate; the database keeps it"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Specialty(Fact):
    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    acgme_code = models.CharField(max_length=3, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return self.name


class Country(Fact):
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class ZipPlace(Fact):
    """A ZIP code with its place, point and time zone."""

    zip = models.CharField(max_length=5, primary_key=True)
    city = models.CharField(max_length=60)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    time_zone = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["state", "city"], name="zip_city")]

    def __str__(self) -> str:
        return f"{self.zip} {self.city}"


class SanctionedName(Fact):
    """A name on a sanctions list; `key` is the name as `rules.name_key` writes it."""

    entry = models.CharField(max_length=40, primary_key=True, help_text="the list's own number")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)

    def __str__(self) -> str:
        return self.name


class TaxRate(Fact):
    """What a state takes of a price, from one day to another; where no row is, it takes nothing.

    One for a kind of rotation goes before one for every kind. A rate that ends gets its last day;
    its row stays, for quotes were made under it.
    """

    entry = models.CharField(max_length=40, primary_key=True, help_text="as IL-2027")
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, blank=True, help_text="of rotations; empty: every kind")
    label = models.CharField(max_length=40, help_text="as 'Sales tax'")
    percent = models.DecimalField(max_digits=5, decimal_places=3)
    starts_on = models.DateField(help_text="the first day, at the site")
    ends_on = models.DateField(null=True, help_text="the last day; empty: until it is changed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tax_rate_percent", condition=Q(percent__gt=0, percent__lte=25)
            ),
            models.CheckConstraint(
                name="tax_rate_days",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="tax_rate_one_at_a_time",
                expressions=[
                    ("state", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.state_id}, {self.rate} percent"

    @property
    def rate(self) -> str:
        """The percentage without zeros that say nothing."""
        return f"{self.percent.normalize():f}"


class MatchCycle(Fact):
    """One season of residency applications; instants are UTC, the source gives Eastern time."""

    year = models.PositiveSmallIntegerField(primary_key=True, help_text="of the Match")
    opens_on = models.DateField()
    submit_from_at = models.DateTimeField(null=True)
    programs_read_from_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year - 1}/{self.year}"
