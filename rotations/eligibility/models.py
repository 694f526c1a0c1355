"""Which version of each rule pack was in force from when on; the packs themselves are files."""

from django.db import models


class RulePack(models.Model):
    """One version as it was first seen here, with the rows that held that day; only added to.

    A day that brings a row in or takes one out is noted too, under the same version.
    """

    key = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    checked_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    in_force = models.JSONField(help_text="the ids of the rows that hold")
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="rule_pack_newest")]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"
