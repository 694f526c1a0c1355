"""How often one may knock, with Redis and without."""

from usce.accounts.adapter import CODES, AccountAdapter
from usce.accounts.models import User
from usce.notifications.models import Mail


def test_change_of_security_is_told_however_often(amina: User) -> None:
    for _change in range(CODES + 1):
        AccountAdapter().send_mail("mfa/email/totp_deactivated", amina.email, {})
    assert Mail.objects.filter(event="accounts.security_changed").count() == CODES + 1
