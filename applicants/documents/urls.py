from django.urls import path

from applicants.documents.views import applicant as own_views
from applicants.documents.views import claims as claims_views
from applicants.documents.views import incoming as incoming_views
from applicants.documents.views import record as record_views
from applicants.documents.views import staff as staff_views

app_name = "documents"

applicant = [
    path("documents", own_views.vault, name="vault"),
    path("documents/add", own_views.add, name="add"),
    path("documents/immunizations", record_views.immunizations, name="immunizations"),
    path("documents/immunizations/add/<str:what>", record_views.add_lines, name="add-lines"),
    path(
        "documents/immunizations/<pid:public_id>/remove",
        record_views.remove_line,
        name="remove-line",
    ),
    path("documents/incoming", incoming_views.several, name="incoming"),
    path("documents/incoming/join", incoming_views.join, name="join"),
    path("documents/incoming/begin", incoming_views.begin, name="begin"),
    path("documents/incoming/<pid:public_id>", incoming_views.pieces, name="pieces"),
    path("documents/incoming/<pid:public_id>/forget", incoming_views.forget, name="forget"),
    path("documents/<pid:public_id>", own_views.detail, name="detail"),
    path("documents/<pid:public_id>/file", own_views.file, name="file"),
    path("documents/<pid:public_id>/pages/<int:number>", own_views.page, name="page"),
    path("documents/<pid:public_id>/state", own_views.state, name="state"),
    path("documents/<pid:public_id>/dates", own_views.dates, name="dates"),
    path("documents/<pid:public_id>/lines", claims_views.lines, name="lines"),
    path("documents/<pid:public_id>/cover", claims_views.cover, name="cover"),
    path("documents/<pid:public_id>/remove", own_views.remove, name="remove"),
]

staff = [path("papers/<pid:public_id>", staff_views.review, name="review")]
