from django.urls import path

from rotations.conversations.views import applicant as applicant_views
from rotations.conversations.views import provider as provider_views

app_name = "conversations"

applicant = [path("rotations/<pid:rotation_id>/ask", applicant_views.ask, name="ask")]

provider = [
    path("questions", provider_views.questions, name="questions"),
    path("questions/<pid:public_id>", provider_views.answer, name="answer"),
]
