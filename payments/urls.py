from django.urls import path

from payments import views, webhooks

app_name = "payments"

public = [path("webhooks/stripe", webhooks.stripe, name="stripe-webhook")]

applicant = [path("invoices/<pid:public_id>", views.invoice, name="invoice")]
