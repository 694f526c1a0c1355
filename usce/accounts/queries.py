from django.db.models import QuerySet

from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.accounts.texts import TERMS, Text


def account_of(email: str) -> User | None:
    """The account with this address, whatever its case."""
    return User.objects.filter(email__iexact=email).first()


def has_agreed(user: User, purpose: str, version: str) -> bool:
    """Whether the person agreed to this version of the text."""
    rows = ConsentRecord.objects.filter(user=user, purpose=purpose, text_version=version)
    return rows.exists()


def signature_of(user: User, text: Text) -> ConsentRecord | None:
    """Under which name and when the person signed this version; None where she did not."""
    purpose = text.key.replace("-", "_")
    rows = ConsentRecord.objects.filter(user=user, purpose=purpose, text_version=text.version)
    return rows.exclude(signed_name="").first()


def signatures_for(viewer: User) -> QuerySet[ConsentRecord]:
    """Her own signatures; everybody's for those who read papers for Rounds."""
    signed = ConsentRecord.objects.select_related("user").exclude(signed_name="")
    return signed if viewer.has_staff_role(StaffRole.REVIEWER) else signed.filter(user=viewer)


def consents_of(user: User) -> QuerySet[ConsentRecord]:
    """What the person agreed to, the last first."""
    return user.consents.order_by("-id")


def has_older_terms(user: User) -> bool:
    """Whether the person agreed to terms once, and not to those of today."""
    last = consents_of(user).filter(purpose="terms").values_list("text_version", flat=True).first()
    return last is not None and last != TERMS
