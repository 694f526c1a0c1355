from django.urls import path

from rotations.letters.views import applicant as applicant_views
from rotations.letters.views import door as door_views
from rotations.letters.views import provider as provider_views

app_name = "letters"

public = [
    path("d/letters/<str:token>", door_views.letter, name="door"),
    path("d/letters/<str:token>/cv/<int:number>", door_views.cv_page, name="door-cv"),
]

applicant = [
    path(
        "applications/<pid:public_id>/letter", applicant_views.of_application, name="of-application"
    ),
    path("rotation/<pid:public_id>/letter", applicant_views.of_placement, name="of-placement"),
    path("rotation/<pid:public_id>/letter/ask", applicant_views.ask, name="ask"),
    path("letters/<pid:public_id>", applicant_views.detail, name="detail"),
    path("letters/<pid:public_id>/share", applicant_views.share, name="share"),
    path("letters/<pid:public_id>/withdraw", applicant_views.withdraw, name="withdraw"),
    path("letters/<pid:public_id>/confirm", applicant_views.confirm, name="confirm"),
]

provider = [path("letters", provider_views.letters, name="at-provider")]
