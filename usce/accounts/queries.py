from usce.accounts.models import ConsentRecord, User


def account_of(email: str) -> User | None:
    """The account with this address, whatever its case."""
    return User.objects.filter(email__iexact=email).first()


def has_agreed(user: User, purpose: str, version: str) -> bool:
    """Whether the person agreed to this version of the text."""
    rows = ConsentRecord.objects.filter(user=user, purpose=purpose, text_version=version)
    return rows.exists()
