from django.urls import path

from rotations.providers import views

app_name = "providers"

public = [path("d/preceptor/<str:token>", views.preceptor, name="preceptor")]
