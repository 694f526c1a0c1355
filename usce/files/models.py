"""Files: encrypted before they touch a disk, quarantined until a scanner has passed them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from usce.files.states import TRANSITIONS, BlobState
from usce.ids import PublicIdField
from usce.states import Stateful


class Blob(Stateful):
    """The bytes of one upload as stored: AES-256-GCM in 64 KiB frames under a key of its own."""

    transitions = TRANSITIONS

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    storage_name = models.CharField(max_length=100, unique=True)
    size = models.PositiveBigIntegerField(help_text="bytes before encryption")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60, blank=True, help_text="by content, once checked")
    state = models.CharField(max_length=11, choices=BlobState, default=BlobState.QUARANTINED)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="blob_state", condition=Q(state__in=BlobState.values)),
            models.CheckConstraint(name="blob_size", condition=Q(size__gt=0)),
            models.UniqueConstraint(
                name="blob_once_per_owner",
                fields=["owner", "sha256"],
                condition=~Q(state=BlobState.ERASED),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Incoming(models.Model):
    """A file that arrives in pieces: announced, then received piece by piece, then taken.

    It can only be taken, never opened. `taken_at`: somebody is making a blob of it.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=180, help_text="as the person named it, cleaned")
    size = models.PositiveBigIntegerField(help_text="bytes, as announced")
    received = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="when the last piece came")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incoming_size", condition=Q(size__gt=0, received__lte=F("size"))
            ),
            models.UniqueConstraint(name="incoming_once", fields=["owner", "name", "size"]),
        ]
        indexes = [models.Index(fields=["touched_at"], name="incoming_touched")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_whole(self) -> bool:
        return self.received == self.size

    @property
    def percent(self) -> int:
        return 100 * self.received // self.size


class Chunk(models.Model):
    """A piece of a file on its way in, under a key of its own."""

    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="chunks")
    start = models.PositiveBigIntegerField()
    storage_name = models.CharField(max_length=100, unique=True)
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="chunk_once", fields=["incoming", "start"]),
        ]

    def __str__(self) -> str:
        return f"{self.incoming_id} from {self.start}"


class DerivativeKind(models.TextChoices):
    CLEANED = "cleaned", "clean copy"
    PAGE = "page"
    TEXT = "text"


class Derivative(models.Model):
    """What the reader made of a blob: the clean copy that is served, page pictures, the text."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="derivatives")
    kind = models.CharField(max_length=7, choices=DerivativeKind)
    number = models.PositiveSmallIntegerField(default=0, help_text="of a page, from one")
    storage_name = models.CharField(max_length=100, unique=True)
    size = models.PositiveBigIntegerField(help_text="bytes before encryption")
    media_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(default=0, help_text="pixels of a picture")
    height = models.PositiveIntegerField(default=0, help_text="pixels of a picture")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="derivative_kind", condition=Q(kind__in=DerivativeKind.values)
            ),
            models.UniqueConstraint(name="derivative_once", fields=["blob", "kind", "number"]),
        ]
        ordering = ["kind", "number"]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.blob_id}"


class WrappedKey(models.Model):
    """The key of one stored object, wrapped by the key-encryption key.

    No key serves two objects: the nonces of their frames are numbers. Deleting the row erases.
    """

    blob = models.OneToOneField(Blob, on_delete=models.CASCADE, null=True, related_name="key")
    derivative = models.OneToOneField(
        Derivative, on_delete=models.CASCADE, null=True, related_name="key"
    )
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="key_of_one",
                condition=Q(blob__isnull=True, derivative__isnull=False)
                | Q(blob__isnull=False, derivative__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"key of {self.blob_id or self.derivative_id}"


class CheckResult(models.TextChoices):
    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"


class Check(models.Model):
    """What one named check saw in a blob, and when."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="checks")
    name = models.CharField(max_length=40, help_text="type, malware, ...")
    result = models.CharField(max_length=6, choices=CheckResult)
    detail = models.CharField(max_length=300, blank=True)
    engine = models.CharField(max_length=80, blank=True, help_text="who looked, with its version")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="check_result", condition=Q(result__in=CheckResult.values)),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.result}"
