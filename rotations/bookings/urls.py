from django.urls import path

from rotations.bookings.views import applicant as applicant_views
from rotations.bookings.views import provider as provider_views

app_name = "bookings"

applicant = [
    path(
        "applications/<pid:public_id>/offer", applicant_views.of_application, name="of-application"
    ),
    path("offers/<pid:public_id>", applicant_views.offer, name="offer"),
    path("bookings/<pid:public_id>", applicant_views.detail, name="detail"),
    path("bookings/<pid:public_id>/state", applicant_views.state, name="state"),
    path("bookings/<pid:public_id>/pay", applicant_views.pay, name="pay"),
    path("bookings/<pid:public_id>/calendar.ics", applicant_views.calendar, name="calendar"),
]

provider = [
    path("applicants/<pid:public_id>/offer", provider_views.offer, name="provider-offer"),
]
