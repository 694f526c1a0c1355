from django.urls import path

from rotations.console.views import applicant as applicant_views
from rotations.console.views import provider as provider_views
from rotations.console.views import staff as staff_views

app_name = "console"

applicant = [
    path("home", applicant_views.home, name="home"),
    path("messages", applicant_views.messages, name="messages"),
    path("messages/<pid:public_id>", applicant_views.message, name="message"),
    path("access", applicant_views.access, name="access"),
]

provider = [
    path("", provider_views.home, name="provider-home"),
    path("applicants", provider_views.applicants, name="provider-applicants"),
]

staff = [
    path("", staff_views.queue, name="queue"),
    path("cases/<pid:public_id>/claim", staff_views.claim, name="claim"),
    path("jobs", staff_views.jobs, name="jobs"),
    path("jobs/<int:job_id>/retry", staff_views.retry, name="job-retry"),
    path("mails", staff_views.mails, name="mails"),
    path("mails/<pid:public_id>", staff_views.mail, name="mail"),
    path("mails/<pid:public_id>/resend", staff_views.resend, name="mail-resend"),
    path("audit", staff_views.audit, name="audit"),
]
