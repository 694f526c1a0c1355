"""The pages of allauth that we use, and no others, with its own names; terms and keys."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from usce.accounts import views

urlpatterns = [
    path("terms", views.terms, name="account_terms"),
    path("tokens", views.tokens, name="account_tokens"),
    path("tokens/<pid:public_id>/revoke", views.revoke, name="account_token_revoke"),
    path("sign/<slug:key>", views.sign, name="account_sign"),
    path("signed/<pid:public_id>", views.signed_copy, name="account_signed"),
    path("signed/<pid:public_id>/pdf", views.signed_paper, name="account_signed_pdf"),
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("signup", account.signup, name="account_signup"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("confirm", account.email_verification_sent, name="account_email_verification_sent"),
    path("code", account.request_login_code, name="account_request_login_code"),
    path("code/confirm", account.confirm_login_code, name="account_confirm_login_code"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("reset", account.password_reset, name="account_reset_password"),
    path(
        "reset/confirm",
        account.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path("reset/complete", account.complete_password_reset, name="account_complete_password_reset"),
    path(
        "reset/done",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("security", mfa.index, name="mfa_index"),
    path("factor", mfa.authenticate, name="mfa_authenticate"),
    path("factor/reauthenticate", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("factor/app", totp.activate_totp, name="mfa_activate_totp"),
    path("factor/app/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factor/codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factor/codes/new", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("factor/codes/file", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
