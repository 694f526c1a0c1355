from django.urls import path

from rotations.discovery import views
from usce.pagecache import kept_for_visitors

app_name = "discovery"

public = [
    path("", kept_for_visitors(views.home), name="home"),
    path("start", views.start, name="start"),
    path("check", views.facts, name="facts"),
    path("rotations", kept_for_visitors(views.rotations), name="rotations"),
    path(
        "rotations/<pid:public_id>-<slug:slug>", kept_for_visitors(views.rotation), name="rotation"
    ),
    path("rotations/<pid:public_id>", views.rotation, name="rotation-short"),
    path("rotations/<pid:public_id>/check", views.check, name="check"),
    path("rotations/<pid:public_id>/save", views.save, name="save"),
    path("rotations/<pid:public_id>/unsave", views.unsave, name="unsave"),
    path("saved", views.saved, name="saved"),
    path("statuses", kept_for_visitors(views.statuses), name="statuses"),
]
