from django.urls import path

from usce.devstack import views
from usce.ui import gallery

app_name = "devstack"

urlpatterns = [
    path("mailbox", views.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>", views.received, name="received"),
    path("mailbox/<int:mail_id>/html", views.received_html, name="received-html"),
    path("components", gallery.show, name="components"),
]
