from django.urls import path

from usce.devstack import views

app_name = "devstack"

urlpatterns = [
    path("mailbox", views.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>", views.received, name="received"),
    path("mailbox/<int:mail_id>/html", views.received_html, name="received-html"),
    path("components", views.components, name="components"),
]
