from django.urls import path

from rotations.providers.views import door, invitation, payouts, places, statements, team
from rotations.providers.views import staff as staff_views

app_name = "providers"

public = [
    path("d/preceptor/<str:token>", door.preceptor, name="preceptor"),
    path("d/invitation/<str:token>", invitation.accept, name="invitation"),
]

applicant = [path("for-providers/start", invitation.found, name="found")]

provider = [
    path("start/place", places.place, name="place"),
    path("start/preceptor", places.first_preceptor, name="first-preceptor"),
    path("payouts", payouts.payouts, name="payouts"),
    path("payouts/details", payouts.onboard, name="onboard"),
    path("payouts/treasury", payouts.remit, name="remit"),
    path("payouts/paid-out.csv", payouts.paid_out, name="paid-out"),
    path("payouts/statements", statements.statements, name="statements"),
    path("payouts/statements/<str:month>.pdf", statements.statement_paper, name="statement-pdf"),
    path("payouts/statements/<str:month>.csv", statements.statement_table, name="statement-csv"),
    path("team", team.team, name="team"),
    path("team/submit", team.submit, name="submit"),
    path("team/invite", team.invite, name="invite"),
    path("team/invitations/<pid:public_id>/revoke", team.revoke, name="revoke"),
    path("team/<pid:person_id>/role", team.role, name="role"),
    path("team/<pid:person_id>/remove", team.remove, name="remove"),
    path("sites/new", places.site, name="site-new"),
    path("sites/<pid:public_id>", places.site, name="site"),
    path("preceptors/new", places.preceptor, name="preceptor-new"),
    path("preceptors/<pid:public_id>", places.preceptor, name="preceptor-edit"),
    path("preceptors/<pid:public_id>/ask", team.ask_again, name="preceptor-ask"),
]

staff = [path("providers/invite", staff_views.invite, name="invite-provider")]
