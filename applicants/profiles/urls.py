from django.urls import path

from applicants.profiles.views import door, exams, facts, goals, numbers, overview, passport, school

app_name = "profiles"

public = [path("d/enrolment/<str:token>", door.enrolment, name="enrolment")]
applicant = [
    path("profile", overview.overview, name="edit"),
    path("profile/facts", facts.facts, name="facts"),
    path("profile/exams", exams.exams, name="exams"),
    path("profile/exams/<pid:public_id>/remove", exams.remove, name="attempt-remove"),
    path("profile/passport", passport.passport, name="passport"),
    path("profile/school", school.school, name="school"),
    path("profile/school/confirm", school.confirm, name="confirm"),
    path("profile/goals", goals.goals, name="goals"),
    path("profile/numbers", numbers.numbers, name="numbers"),
]
