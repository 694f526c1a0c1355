"""Dated facts about the world, each with where it was read and when it was looked at."""

from django.db import models


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
