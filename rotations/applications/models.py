"""From a draft to a decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applicants.documents.models import Document
from rotations.applications.states import LIVE, TRANSITIONS, ApplicationState
from rotations.catalog.models import Opening, Rotation
from usce.ids import PublicIdField
from usce.states import Stateful

CASE = "applications.review"


class RulesOpen(models.Func):
    """Of a verdict's findings those of the host's own rules that are not met, or not answered."""

    template = (
        "jsonb_array_length(jsonb_path_query_array(%(expressions)s, "
        """'$.findings[*] ? (@.outcome != "met" && !(@.group != "host"))'))"""
    )
    output_field = models.PositiveSmallIntegerField()


class Application(Stateful):
    """One person's request for one rotation. What was sent is frozen in `facts` and `verdict`."""

    transitions = TRANSITIONS

    public_id = PublicIdField()
    reference = models.CharField(max_length=12, unique=True, help_text="R-1042, for people")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="+")
    cv = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.TextField(blank=True)
    facts = models.JSONField(default=dict, help_text="the applicant's facts as sent")
    verdict = models.JSONField(default=dict, help_text="the findings on those facts as sent")
    rules_open = models.GeneratedField(
        expression=RulesOpen("verdict"),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="how many of the host's own rules were not met or unanswered when sent",
    )
    state = models.CharField(
        max_length=17, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    forwarded_at = models.DateTimeField(null=True, help_text="since when the provider sees it")
    waitlisted_at = models.DateTimeField(null=True, help_text="its place on the list of its dates")
    not_reviewed = models.BooleanField(
        default=False, help_text="staff had not decided in time, so it was sent on by itself"
    )
    answer_due_at = models.DateTimeField(null=True, help_text="for whoever must act now")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_state", condition=Q(state__in=ApplicationState.values)
            ),
            models.UniqueConstraint(
                name="application_one_live",
                fields=["applicant", "rotation"],
                condition=Q(state__in=LIVE),
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-id"], name="application_mine"),
            models.Index(fields=["rotation", "state", "id"], name="application_rotation"),
            models.Index(
                fields=["opening", "waitlisted_at", "id"],
                name="application_list",
                condition=Q(state=ApplicationState.WAITLISTED),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Cause(models.TextChoices):
    """Why an application was judged."""

    SAVED = "saved", "When you wrote it"
    SENT = "sent", "When it was sent"
    CHANGED = "changed", "When something it rests on had changed"


class Judgment(models.Model):
    """One verdict with all that it was made of: the same inputs give it again, at any time.

    Never changed. It goes with its person's facts when those are erased.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="judgments")
    cause = models.CharField(max_length=7, choices=Cause)
    inputs = models.JSONField(help_text="facts, papers' states, rules, dates, packs, engine")
    verdict = models.JSONField()
    mark = models.CharField(max_length=64, help_text="two verdicts of one mark say the same")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="judgment_cause", condition=Q(cause__in=Cause.values)),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="judgment_newest")]

    def __str__(self) -> str:
        return f"{self.cause} {self.application_id}"


class Decision(models.Model):
    """What staff or the provider decided, with the reason; only added to."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, help_text="the state it led to")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.application_id}"
