from django.urls import path

from rotations.bookings.views import applicant as applicant_views
from rotations.bookings.views import cancel as cancel_views
from rotations.bookings.views import coupons as coupon_views
from rotations.bookings.views import papers as paper_views
from rotations.bookings.views import payer as payer_views
from rotations.bookings.views import provider as provider_views
from rotations.bookings.views import staff as staff_views
from rotations.bookings.views import waivers as waiver_views

app_name = "bookings"

public = [path("d/pay/<str:token>", payer_views.door, name="payer-door")]

applicant = [
    path(
        "applications/<pid:public_id>/offer", applicant_views.of_application, name="of-application"
    ),
    path("applications/<pid:public_id>/papers", paper_views.papers, name="papers"),
    path("applications/<pid:public_id>/papers/send", paper_views.send, name="paper-send"),
    path(
        "applications/<pid:public_id>/papers/take-back",
        paper_views.take_back,
        name="paper-take-back",
    ),
    path("offers/<pid:public_id>", applicant_views.offer, name="offer"),
    path("offers/<pid:public_id>/waiver", waiver_views.ask, name="waiver"),
    path("bookings/<pid:public_id>", applicant_views.detail, name="detail"),
    path("bookings/<pid:public_id>/state", applicant_views.state, name="state"),
    path("bookings/<pid:public_id>/pay", applicant_views.pay, name="pay"),
    path("bookings/<pid:public_id>/pay/credit", applicant_views.pay_by_credit, name="pay-credit"),
    path(
        "bookings/<pid:public_id>/card/remove",
        applicant_views.remove_kept_card,
        name="card-remove",
    ),
    path("bookings/<pid:public_id>/cancel", cancel_views.reason, name="cancel"),
    path("bookings/<pid:public_id>/cancel/confirm", cancel_views.confirm, name="cancel-confirm"),
    path("bookings/<pid:public_id>/cancel/withdraw", cancel_views.withdraw, name="cancel-withdraw"),
    path("bookings/<pid:public_id>/payer", payer_views.payer, name="payer"),
    path("bookings/<pid:public_id>/payer/end", payer_views.take_back, name="payer-end"),
    path("bookings/<pid:public_id>/calendar.ics", applicant_views.calendar, name="calendar"),
]

provider = [
    path("coupons", coupon_views.provider_coupons, name="provider-coupons"),
    path("coupons/<pid:public_id>/end", coupon_views.provider_end, name="provider-coupon-end"),
    path("applicants/<pid:public_id>/offer", provider_views.offer, name="provider-offer"),
    path("applicants/<pid:public_id>/cancel", cancel_views.provider_cancel, name="provider-cancel"),
    path("applicants/<pid:public_id>/papers", paper_views.provider_papers, name="provider-papers"),
    path(
        "applicants/<pid:public_id>/papers/signed",
        paper_views.provider_signed,
        name="provider-signed",
    ),
    path(
        "applicants/<pid:public_id>/papers/<pid:paper_id>",
        paper_views.provider_paper,
        name="provider-paper",
    ),
    path(
        "applicants/<pid:public_id>/papers/<pid:paper_id>/pages/<int:number>",
        paper_views.provider_page,
        name="provider-paper-page",
    ),
    path(
        "applicants/<pid:public_id>/papers/<pid:paper_id>/file",
        paper_views.provider_file,
        name="provider-paper-file",
    ),
]

staff = [
    path("waivers", waiver_views.budgets, name="waiver-budgets"),
    path("waivers/<pid:public_id>", waiver_views.review, name="waiver-review"),
    path("coupons", coupon_views.staff_coupons, name="coupons"),
    path("coupons/<pid:public_id>/end", coupon_views.staff_end, name="coupon-end"),
    path("cancellations/<pid:public_id>", staff_views.cancellation, name="cancellation"),
    path("bookings/<pid:public_id>/cancel", cancel_views.staff_cancel, name="staff-cancel"),
]
