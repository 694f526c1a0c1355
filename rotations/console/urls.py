from django.urls import path

from rotations.console.views import access as access_views
from rotations.console.views import applicant as applicant_views
from rotations.console.views import desk as desk_views
from rotations.console.views import money as money_views
from rotations.console.views import notices as notice_views
from rotations.console.views import people as people_views
from rotations.console.views import places as place_views
from rotations.console.views import privacy as privacy_views
from rotations.console.views import provider as provider_views
from rotations.console.views import rights as rights_views
from rotations.console.views import staff as staff_views

app_name = "console"

public = [path("d/notices/<str:token>", notice_views.unsubscribe, name="unsubscribe")]

applicant = [
    path("home", applicant_views.home, name="home"),
    path("messages", applicant_views.messages, name="messages"),
    path("messages/<pid:public_id>", applicant_views.message, name="message"),
    path("settings/notices", notice_views.notices, name="notices"),
    path("settings/privacy", privacy_views.privacy, name="privacy"),
    path("settings/privacy/export", privacy_views.export, name="export"),
    path("settings/privacy/export/<pid:public_id>", privacy_views.export_file, name="export-file"),
    path("settings/privacy/consent", privacy_views.withdraw, name="withdraw"),
    path("settings/privacy/delete", privacy_views.delete, name="delete"),
    path("settings/privacy/keep", privacy_views.keep, name="keep"),
    path("access", access_views.access, name="access"),
]

provider = [
    path("", provider_views.home, name="provider-home"),
    path("rotations", provider_views.rotations, name="provider-rotations"),
    path("applicants", provider_views.applicants, name="provider-applicants"),
    path("learners", provider_views.learners, name="provider-learners"),
]

staff = [
    path("", desk_views.queue, name="queue"),
    path("next", desk_views.following, name="next"),
    path("cases/<pid:public_id>", desk_views.case, name="case"),
    path("cases/<pid:public_id>/claim", desk_views.claim, name="claim"),
    path("cases/<pid:public_id>/close", desk_views.close, name="case-close"),
    path("cases/<pid:public_id>/release", desk_views.release, name="release"),
    path("people", people_views.people, name="people"),
    path("people/<pid:public_id>", people_views.person, name="person"),
    path("people/<pid:public_id>/access", people_views.person_access, name="person-access"),
    path("people/<pid:public_id>/data", rights_views.person_data, name="person-data"),
    path("people/<pid:public_id>/hold", rights_views.hold, name="hold"),
    path("people/<pid:public_id>/close", rights_views.close, name="person-close"),
    path("people/<pid:public_id>/keep", rights_views.keep, name="person-keep"),
    path("holds/<pid:public_id>/lift", rights_views.lift, name="hold-lift"),
    path("places", people_views.places, name="places"),
    path("providers/<pid:public_id>", place_views.provider, name="provider"),
    path("preceptors/<pid:public_id>/license", place_views.license_check, name="license"),
    path("listings/<pid:public_id>", place_views.listing, name="listing"),
    path("jobs", staff_views.jobs, name="jobs"),
    path("jobs/<int:job_id>/retry", staff_views.retry, name="job-retry"),
    path("mails", staff_views.mails, name="mails"),
    path("mails/kinds", staff_views.mail_kinds, name="mail-kinds"),
    path("mails/<pid:public_id>", staff_views.mail, name="mail"),
    path("mails/<pid:public_id>/resend", staff_views.resend, name="mail-resend"),
    path("mails/<pid:public_id>/lift", staff_views.lift, name="mail-lift"),
    path("money", money_views.money, name="money"),
    path("money/tranches", money_views.tranches, name="tranches"),
    path("money/payouts/<pid:public_id>/sent", money_views.remittance, name="remittance"),
    path(
        "money/payouts/<pid:public_id>/approve",
        money_views.remittance_approve,
        name="remittance-approve",
    ),
    path("money/payouts/<pid:public_id>/retry", money_views.payout_retry, name="payout-retry"),
    path("money/debts/<pid:public_id>/retry", money_views.debt_retry, name="debt-retry"),
    path("money/differences/<pid:public_id>", money_views.difference, name="difference"),
    path(
        "money/differences/<pid:public_id>/explain",
        money_views.difference_explain,
        name="difference-explain",
    ),
    path(
        "money/differences/<pid:public_id>/repair",
        money_views.difference_repair,
        name="difference-repair",
    ),
    path(
        "money/differences/<pid:public_id>/approve",
        money_views.difference_approve,
        name="difference-approve",
    ),
    path("money/disputes/<pid:public_id>", money_views.dispute, name="dispute"),
    path(
        "money/disputes/<pid:public_id>/submit", money_views.dispute_submit, name="dispute-submit"
    ),
    path("money/months/<str:month>/close", money_views.month_close, name="month-close"),
    path("money/months/<str:month>.csv", money_views.month_export, name="month-export"),
    path("money/months/<str:month>.xlsx", money_views.month_sheet, name="month-sheet"),
    path("webhooks", money_views.webhooks, name="webhooks"),
    path("webhooks/<str:event_id>/replay", money_views.webhook_replay, name="webhook-replay"),
    path("audit", staff_views.audit, name="audit"),
]
