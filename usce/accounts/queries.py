from usce.accounts.models import User


def account_of(email: str) -> User | None:
    """The account with this address, whatever its case."""
    return User.objects.filter(email__iexact=email).first()
