from django.urls import path

from rotations.discovery import views

app_name = "discovery"

public = [
    path("", views.home, name="home"),
    path("start", views.start, name="start"),
    path("check", views.facts, name="facts"),
    path("rotations", views.rotations, name="rotations"),
    path("rotations/<pid:public_id>-<slug:slug>", views.rotation, name="rotation"),
    path("rotations/<pid:public_id>", views.rotation, name="rotation-short"),
    path("rotations/<pid:public_id>/check", views.check, name="check"),
    path("rotations/<pid:public_id>/save", views.save, name="save"),
    path("rotations/<pid:public_id>/unsave", views.unsave, name="unsave"),
    path("saved", views.saved, name="saved"),
    path("statuses", views.statuses, name="statuses"),
]
