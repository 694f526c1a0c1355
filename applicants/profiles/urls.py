from django.urls import path

from applicants.profiles import views

app_name = "profiles"

applicant = [path("profile", views.edit, name="edit")]
