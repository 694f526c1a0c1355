from django.db import models


class Counter(models.Model):
    """How often something happened in one window of time; the fallback while Redis is away."""

    key = models.CharField(max_length=200, primary_key=True)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "limits_counter"

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
