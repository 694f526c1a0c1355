from django.contrib.auth.decorators import login_not_required
from django.urls import path

from rotations.applications.views import applicant as applicant_views
from rotations.applications.views import guest as guest_views
from rotations.applications.views import provider as provider_views
from rotations.applications.views import staff as staff_views

app_name = "applications"

applicant = [
    path("apply/<pid:rotation_id>", applicant_views.apply, name="apply"),
    path("apply/<pid:rotation_id>/you", login_not_required(guest_views.You.as_view()), name="you"),
    path("apply/<pid:rotation_id>/go-on", guest_views.go_on, name="go-on"),
    path("apply/<pid:rotation_id>/facts", applicant_views.facts, name="facts"),
    path("applications", applicant_views.listed, name="list"),
    path("applications/<pid:public_id>", applicant_views.detail, name="detail"),
    path("applications/<pid:public_id>/review", applicant_views.send, name="send"),
    path("applications/<pid:public_id>/withdraw", applicant_views.withdraw, name="withdraw"),
]

provider = [
    path("applicants/<pid:public_id>", provider_views.detail, name="provider-detail"),
    path("applicants/<pid:public_id>/cv", provider_views.cv, name="provider-cv"),
    path("applicants/decide", provider_views.bulk, name="provider-bulk"),
    path("applicants/<pid:public_id>/waitlist", provider_views.waitlist, name="provider-waitlist"),
    path("applicants/<pid:public_id>/decline", provider_views.decline, name="provider-decline"),
]

staff = [
    path("applications/<pid:public_id>", staff_views.review, name="review"),
    path("applications/<pid:public_id>/cv", staff_views.cv, name="review-cv"),
]
