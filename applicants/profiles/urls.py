from django.urls import path

from applicants.profiles.views import exams, facts, numbers, overview, passport

app_name = "profiles"

applicant = [
    path("profile", overview.overview, name="edit"),
    path("profile/facts", facts.facts, name="facts"),
    path("profile/exams", exams.exams, name="exams"),
    path("profile/exams/<pid:public_id>/remove", exams.remove, name="attempt-remove"),
    path("profile/passport", passport.passport, name="passport"),
    path("profile/numbers", numbers.numbers, name="numbers"),
]
