from django.db.models import OuterRef, QuerySet, Subquery

from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.accounts.texts import TERMS, Text, text_of


def account_of(email: str) -> User | None:
    """The account with this address, whatever its case."""
    return User.objects.filter(email__iexact=email).first()


def has_agreed(user: User, purpose: str, version: str) -> bool:
    """Whether the person agreed to this version of the text, and did not take it back since."""
    last = consents_of(user).filter(purpose=purpose).first()
    return last is not None and last.text_version == version and not last.withdrawn


def signature_of(user: User, text: Text) -> ConsentRecord | None:
    """Under which name and when the person signed this version; None where she did not."""
    purpose = text.key.replace("-", "_")
    rows = ConsentRecord.objects.filter(user=user, purpose=purpose, text_version=text.version)
    return rows.exclude(signed_name="").first()


def signatures_for(viewer: User) -> QuerySet[ConsentRecord]:
    """Her own signatures; everybody's for those who read papers for Rounds."""
    signed = ConsentRecord.objects.select_related("user").exclude(signed_name="")
    return signed if viewer.has_staff_role(StaffRole.REVIEWER) else signed.filter(user=viewer)


def last_signature(user: User, key: str) -> ConsentRecord | None:
    """The person's signature under the newest version of the text that she signed."""
    return signatures_for(user).filter(user=user, purpose=key.replace("-", "_")).last()


def text_signed(signed: ConsentRecord) -> Text | None:
    """The version of the text under which the signature stands."""
    return text_of(signed.purpose.replace("_", "-"), signed.text_version)


def consents_of(user: User) -> QuerySet[ConsentRecord]:
    """What the person agreed to, the last first."""
    return user.consents.order_by("-id")


def has_older_terms(user: User) -> bool:
    """Whether the person agreed to terms once, and not to those of today."""
    last = consents_of(user).filter(purpose="terms").values_list("text_version", flat=True).first()
    return last is not None and last != TERMS


def agreed_to_older(purpose: str, version: str, after: int, most: int) -> list[User]:
    """The next people, by key, whose last consent of the purpose is to an older version."""
    last = ConsentRecord.objects.filter(user=OuterRef("pk"), purpose=purpose).order_by("-id")
    people = User.objects.filter(is_active=True, pk__gt=after).annotate(
        agreed=Subquery(last.values("text_version")[:1]),
        back=Subquery(last.values("withdrawn")[:1]),
    )
    rows = people.filter(agreed__isnull=False, back=False).exclude(agreed=version)
    return list(rows.order_by("pk")[:most])
