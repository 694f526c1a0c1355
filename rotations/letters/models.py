"""A request for a letter of recommendation. The letter itself is never here."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from applicants.documents.models import Document
from rotations.letters.states import ENDED, LETTER, LIVE, OPEN, SENT, LetterState
from rotations.letters.targets import Service, services
from rotations.placements.models import Placement
from rotations.providers.models import Preceptor
from usce.ids import PublicIdField
from usce.reference.models import Specialty
from usce.states import Stateful


class Target(models.TextChoices):
    ERAS = "eras", "ERAS (MyERAS)"
    RESIDENCYCAS = "residencycas", "ResidencyCAS or CentralApp"
    OTHER = "other", "Another service or program"


class Form(models.TextChoices):
    NARRATIVE = "narrative", "Narrative letter"
    STANDARDIZED = "standardized", "Standardized form, such as a SLOE"


class Ask(models.TextChoices):
    """What one may ask of a writer; whether it can be done, the writer says."""

    PERSONAL = "personal", "A letter about me, in detail, not a general one"
    LETTERHEAD = "letterhead", "On the hospital's letterhead"
    SKILLS = "skills", "With my performance and skills, by examples"


class Share(models.TextChoices):
    """What the writer is shown, each with her consent alone."""

    DAYS = "days", "My confirmed days and hours"
    CV = "cv", "My CV, as pictures, once the writer has accepted"
    AAMC_ID = "aamc_id", "My AAMC ID, once the writer has accepted"


class Letter(Stateful):
    """One request to one writer for one target.

    `waived` is her signed choice about the right to see the letter; it never changes.
    `private_words` are the writer's own: nobody else reads them, on no page.
    """

    transitions = LETTER

    public_id = PublicIdField()
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="+")
    preceptor = models.ForeignKey(Preceptor, on_delete=models.PROTECT, null=True, related_name="+")
    writer_name = models.CharField(max_length=160)
    writer_email = models.EmailField(help_text="where the request went")
    target = models.CharField(max_length=12, choices=Target)
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, null=True, related_name="+", help_text="none: general"
    )
    form = models.CharField(max_length=12, choices=Form)
    waived = models.BooleanField()
    signed_name = models.CharField(max_length=180, help_text="typed under the choice")
    asks = ArrayField(models.CharField(max_length=10, choices=Ask), default=list)
    can_do = ArrayField(models.CharField(max_length=10, choices=Ask), default=list)
    due_on = models.DateField()
    statement = models.TextField(blank=True)
    letter_id = models.CharField(max_length=20, blank=True, help_text="as MyERAS gave it")
    shares = ArrayField(models.CharField(max_length=8, choices=Share), default=list)
    cv = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=LetterState, default=LetterState.REQUESTED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="accepted or declined, the first time")
    submitted_at = models.DateTimeField(null=True, help_text="when the writer said so")
    confirmed_at = models.DateTimeField(null=True, help_text="when the learner said so")
    ended_at = models.DateTimeField(null=True)
    private_words = models.TextField(blank=True)
    suggested_name = models.TextField(blank=True, help_text="who might write in the writer's place")
    suggested_email = models.TextField(blank=True)
    remind_on = models.DateField(null=True, help_text="the next day on which somebody is reminded")
    silence_told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "letter request"
        constraints = [
            models.CheckConstraint(name="letter_state", condition=Q(state__in=LetterState.values)),
            models.CheckConstraint(name="letter_target", condition=Q(target__in=Target.values)),
            models.CheckConstraint(name="letter_form", condition=Q(form__in=Form.values)),
            models.CheckConstraint(
                name="letter_general_is_narrative",
                condition=Q(specialty__isnull=False) | Q(form=Form.NARRATIVE),
            ),
            models.UniqueConstraint(
                fields=["learner", "preceptor", "target"],
                name="letter_one_live_of_preceptor",
                condition=Q(state__in=LIVE, preceptor__isnull=False),
            ),
            models.UniqueConstraint(
                F("learner"),
                Lower("writer_email"),
                F("target"),
                name="letter_one_live_of_address",
                condition=Q(state__in=LIVE, preceptor__isnull=True) & ~Q(writer_email=""),
            ),
            models.CheckConstraint(
                name="letter_asks",
                condition=Q(asks__contained_by=Ask.values)
                & Q(can_do__contained_by=F("asks"))
                & Q(shares__contained_by=Share.values),
            ),
            models.CheckConstraint(
                name="letter_cv_is_shared",
                condition=Q(cv__isnull=True) | Q(shares__contains=[Share.CV]),
            ),
            models.CheckConstraint(
                name="letter_answered",
                condition=Q(answered_at__isnull=False)
                | ~Q(state__in=(LetterState.ACCEPTED, LetterState.DECLINED, *SENT)),
            ),
            models.CheckConstraint(
                name="letter_submitted",
                condition=Q(state__in=SENT, submitted_at__isnull=False)
                | (~Q(state__in=SENT) & Q(submitted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="letter_confirmed",
                condition=Q(state=LetterState.CONFIRMED, confirmed_at__isnull=False)
                | (~Q(state=LetterState.CONFIRMED) & Q(confirmed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="letter_ended",
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "-id"], name="letter_mine"),
            models.Index(fields=["placement"], name="letter_of_placement"),
            models.Index(
                fields=["remind_on"],
                name="letter_to_remind",
                condition=Q(state__in=OPEN, remind_on__isnull=False),
            ),
            models.Index(fields=["due_on"], name="letter_open", condition=Q(state__in=OPEN)),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def service(self) -> Service:
        return services()[self.target]

    @property
    def address(self) -> str:
        """As the host has it now, or as the learner wrote it."""
        return self.preceptor.email if self.preceptor else self.writer_email

    @property
    def has_moved(self) -> bool:
        """The host has another address for this writer now: the doors to the old one are shut."""
        return self.address.lower() != self.writer_email.lower()


class PacketView(models.Model):
    """Something of the packet was opened by the writer's link; only added to."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="views")
    what = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["letter", "-id"], name="packet_view_newest")]

    def __str__(self) -> str:
        return f"{self.what} of letter {self.letter_id}"


class Quiet(models.Model):
    """A writer wants no mails about letters from Rounds: a preceptor, or an address."""

    preceptor = models.OneToOneField(
        Preceptor, on_delete=models.PROTECT, null=True, related_name="+"
    )
    email = models.EmailField(blank=True)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_of_one",
                condition=Q(preceptor__isnull=True) ^ Q(email=""),
            ),
            models.UniqueConstraint(Lower("email"), name="quiet_address", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"quiet {self.preceptor_id or 'address'}"
