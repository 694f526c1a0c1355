from django.urls import path

from rotations.placements.views import applicant as applicant_views
from rotations.placements.views import door as door_views
from rotations.placements.views import provider as provider_views
from rotations.placements.views import staff as staff_views

app_name = "placements"

public = [path("d/learners/<str:token>", door_views.learners, name="door")]

applicant = [
    path(
        "applications/<pid:public_id>/days", applicant_views.of_application, name="of-application"
    ),
    path("rotation/<pid:public_id>", applicant_views.days, name="days"),
    path("rotation/<pid:public_id>/check-in", applicant_views.check_in, name="check-in"),
    path(
        "rotation/<pid:public_id>/days/<pid:day_id>/object",
        applicant_views.object_to,
        name="object",
    ),
]

provider = [
    path("learners/days", provider_views.waiting, name="waiting"),
    path("learners/<pid:public_id>", provider_views.learner, name="learner"),
]

staff = [
    path("objections/<pid:public_id>", staff_views.objection, name="objection"),
    path("attendance/<pid:public_id>", staff_views.placement, name="placement"),
    path("attendance/<pid:public_id>/release", staff_views.release, name="release"),
]
