"""An applicant's papers: one row per version, on the encrypted files of the kernel."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applicants.documents.kinds import KINDS, DocumentKind, Kind
from applicants.documents.lines import Result, Shape, Unit, What, whats_of
from applicants.documents.rules.hints import Outcome
from applicants.documents.states import TRANSITIONS, DocumentState
from usce.files.models import Blob
from usce.ids import PublicIdField
from usce.states import Stateful
from usce.ui.dates import day_short

REVIEW = "documents.review"
UNDER_AGE = "documents.under_age"


class Document(Stateful):
    """One version of a paper.

    `issued_on` and `expires_on` are what stands on it, as its owner read it and staff confirmed it;
    `valid_until` is the last day it counts, by the rule of its kind.
    """

    transitions = TRANSITIONS

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=180, help_text="as the person named it, cleaned")
    state = models.CharField(
        max_length=12, choices=DocumentState, default=DocumentState.QUARANTINED
    )
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True)
    refusal = models.CharField(max_length=300, blank=True, help_text="why not, as a sentence")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, help_text="when its file had been checked")
    delay_told_at = models.DateTimeField(
        null=True, help_text="when its owner was told that the check takes long"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it was refused or replaced")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_state", condition=Q(state__in=DocumentState.values)
            ),
            models.CheckConstraint(name="document_kind", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(
                name="document_dates",
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("issued_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "kind", "-id"], name="document_owner"),
            models.Index(
                fields=["valid_until"],
                name="document_expiring",
                condition=Q(state=DocumentState.ACCEPTED, valid_until__isnull=False),
            ),
            models.Index(
                fields=["ended_at"], name="document_ended", condition=Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]


class StoredHint(models.Model):
    """What was read in a paper beside its owner's claim (`rules.hints.Hint`), and when.

    A help to those who decide, no decision; gone with the file.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="hints")
    name = models.CharField(max_length=40)
    outcome = models.CharField(max_length=7, choices=Outcome)
    sentence = models.CharField(max_length=300)
    seen = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="hint_outcome", condition=Q(outcome__in=Outcome.values)),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.outcome}"


class Cover(models.Model):
    """What the owner read on an insurance policy; sums in cents."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="cover")
    named_insured = models.CharField(max_length=180, blank=True)
    per_claim_cents = models.PositiveBigIntegerField(null=True)
    in_all_cents = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cover_sums",
                condition=Q(per_claim_cents__isnull=True)
                | Q(in_all_cents__isnull=True)
                | Q(in_all_cents__gte=F("per_claim_cents")),
            ),
        ]

    def __str__(self) -> str:
        return f"cover of {self.document_id}"


class Use(models.Model):
    """Something that needs this very version: an application it was sent with, a host it went to.

    `ends_on` is the last day of that need; open while nobody can tell.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    by_type = models.CharField(max_length=60)
    by_id = models.BigIntegerField()
    began_at = models.DateTimeField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="use_once", fields=["document", "by_type", "by_id"]),
        ]
        indexes = [models.Index(fields=["by_type", "by_id"], name="use_by")]

    def __str__(self) -> str:
        return f"use of {self.document_id} by {self.by_type} {self.by_id}"


def _shaped(*shapes: Shape, without: tuple[str, ...], **told: Any) -> Q:
    """Lines of these shapes tell exactly this; nothing else stands beside the day."""
    empty = {"read_on": Q(read_on=None), "mm": Q(mm=None), "result": Q(result="")}
    empty["level"] = Q(level=None, unit="")
    wanted = Q(what__in=whats_of(*shapes), **told)
    for name in without:
        wanted &= empty[name]
    return wanted


class ImmunizationLine(models.Model):
    """One dose, test or exam, as its owner told it; proved once staff found it on a paper.

    `told_on` is the day of telling where a day begins first. `level` is in `unit`, of which both
    mean the same figure.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=14, choices=What)
    done_on = models.DateField()
    read_on = models.DateField(null=True)
    result = models.CharField(max_length=8, choices=Result, blank=True)
    level = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unit = models.CharField(max_length=6, choices=Unit, blank=True)
    mm = models.PositiveSmallIntegerField(null=True)
    told_on = models.DateField()
    paper = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="lines")
    proved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="line_once_a_day", fields=["owner", "what", "done_on"]),
            models.CheckConstraint(
                name="line_shape",
                condition=_shaped(Shape.DAY, without=("read_on", "mm", "level", "result"))
                | _shaped(
                    Shape.RESULT,
                    without=("read_on", "mm", "level"),
                    result__in=(Result.POSITIVE, Result.NEGATIVE, Result.UNCLEAR),
                )
                | _shaped(
                    Shape.PICTURE,
                    without=("read_on", "mm", "level"),
                    result__in=(Result.NORMAL, Result.ABNORMAL),
                )
                | _shaped(
                    Shape.LEVEL,
                    without=("read_on", "mm", "result"),
                    level__isnull=False,
                    level__gte=0,
                    unit__in=Unit.values,
                )
                | _shaped(
                    Shape.SKIN,
                    without=("level", "result"),
                    mm__isnull=False,
                    mm__range=(0, 99),
                    read_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="line_days",
                condition=Q(done_on__lte=F("told_on"))
                & (Q(read_on=None) | Q(read_on__gte=F("done_on"), read_on__lte=F("told_on"))),
            ),
            models.CheckConstraint(
                name="line_proof",
                condition=Q(paper=None, proved_by=None, proved_at=None)
                | Q(paper__isnull=False, proved_by__isnull=False, proved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.public_id}"

    @property
    def value(self) -> str:
        """What is told beside the day, in words."""
        if self.mm is not None and self.read_on is not None:
            return f"{self.mm} mm, read {day_short(self.read_on)}"
        if self.level is not None:
            return f"{self.level.normalize():f} {self.get_unit_display()}"
        return self.get_result_display() if self.result else ""

    @property
    def words(self) -> str:
        parts = (self.get_what_display(), day_short(self.done_on), self.value)
        return ", ".join(part for part in parts if part)


class Reminder(models.Model):
    """The owner was told that a paper ends on this day, at this step: so many days before."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reminders")
    step = models.PositiveSmallIntegerField()
    until = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reminder_once", fields=["document", "step", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.step} days before {self.until}"
