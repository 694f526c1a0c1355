from django.urls import path

from applicants.documents import views

app_name = "documents"

applicant = [
    path("documents/<pid:public_id>", views.show, name="show"),
    path("documents/<pid:public_id>/state", views.state, name="state"),
]
