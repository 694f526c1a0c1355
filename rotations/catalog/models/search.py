"""What the search reads: one narrow row per published rotation of a verified provider."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Value
from django.db.models.functions import Coalesce

from rotations.catalog.models.listing import Rotation

# Stands behind every date when rows without open dates are put last.
NO_DATE = date(9999, 12, 31)
MILLIS = 1000

if TYPE_CHECKING:
    _Field = models.Field[str, str]
else:  # generic only in the stubs
    _Field = models.Field


class DateSet(_Field):
    """Days as PostgreSQL's `datemultirange`: asked by functions, never read into Python."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 -- Django's signature
        return "datemultirange"


class HandsOn(models.IntegerChoices):
    """The most that the duties matrix allows anywhere."""

    OBSERVES = 0
    ASSISTS = 1
    DOES = 2


class SearchRow(models.Model):
    """A copy that the database itself keeps true (`migrations/search.sql`); nothing else writes it.

    `needs_*` are the listing's *must* rules, null or false where it has none. Dates and seats are
    those of open, future openings with a seat left, as of the last change: a start that has passed
    since stays until `catalog.refresh_passed_starts` has run, so queries name the first day.
    """

    rotation = models.OneToOneField(
        Rotation, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    specialty = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    setting = models.CharField(max_length=10)
    provider_kind = models.CharField(max_length=10)
    state = models.CharField(max_length=2)
    city_key = models.CharField(max_length=80, help_text="without case and accents")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    hands_on = models.PositiveSmallIntegerField(choices=HandsOn)
    letterhead = models.CharField(max_length=10)
    residents_present = models.BooleanField()
    gives_certificate = models.BooleanField()
    license_checked_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    base_cents = models.PositiveIntegerField(help_text="the fee, and a price by the block")
    weekly_cents = models.PositiveIntegerField(help_text="on top for each week")
    tax_millis = models.PositiveIntegerField(
        default=0, help_text="what the state takes of it today, in thousandths of a percent"
    )
    needs_status = ArrayField(models.CharField(max_length=8), null=True)
    needs_visa = ArrayField(models.CharField(max_length=9), null=True)
    needs_years = models.PositiveSmallIntegerField(null=True)
    needs_step1 = models.BooleanField()
    needs_step2 = models.BooleanField()
    needs_ecfmg = models.BooleanField()
    needs_attempts = models.PositiveSmallIntegerField(null=True, help_text="at Step 1, at most")
    needs_score = models.PositiveSmallIntegerField(null=True, help_text="in Step 2 CK, at least")
    needs_window = models.PositiveSmallIntegerField(null=True, help_text="years, both Steps")
    needs_enrolment = models.BooleanField()
    soonest_on = models.DateField(null=True, help_text="the first start with a seat")
    starts = DateSet(help_text="every start with a seat")
    least_weeks = models.PositiveSmallIntegerField(null=True)
    most_weeks = models.PositiveSmallIntegerField(null=True)
    least_cents = models.PositiveIntegerField(help_text="the least whole price, tax included")
    open_seats = models.PositiveIntegerField()
    open_dates = models.PositiveIntegerField()
    document = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["document"], name="search_words"),
            models.Index(Coalesce("soonest_on", Value(NO_DATE)), "rotation", name="search_soonest"),
            models.Index(fields=["least_cents", "rotation"], name="search_price"),
            models.Index(fields=["-published_at", "-rotation"], name="search_newest"),
            models.Index(fields=["city_key", "rotation"], name="search_city"),
            # All that the facets count, so that they read the index alone.
            models.Index(
                fields=["specialty", "state", "kind", "setting", "hands_on"], name="search_facets"
            ),
        ]

    @property
    def tax_percent(self) -> Decimal:
        return Decimal(self.tax_millis) / MILLIS

    def __str__(self) -> str:
        return f"search row of {self.rotation_id}"
