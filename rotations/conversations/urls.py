from django.urls import path

from rotations.conversations.views import applicant as applicant_views
from rotations.conversations.views import provider as provider_views
from rotations.conversations.views import public as public_views
from rotations.conversations.views import staff as staff_views

app_name = "conversations"

public = [
    path("contact", public_views.contact, name="contact"),
    path("contact/sent/<pid:public_id>", public_views.sent, name="sent"),
    path("rotations/<pid:rotation_id>/report", public_views.report, name="report"),
]

applicant = [path("rotations/<pid:rotation_id>/ask", applicant_views.ask, name="ask")]

provider = [
    path("questions", provider_views.questions, name="questions"),
    path("questions/<pid:public_id>", provider_views.answer, name="answer"),
]

staff = [path("messages/<pid:public_id>", staff_views.inquiry, name="inquiry")]
