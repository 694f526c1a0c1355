from django.urls import path

from payments import views, webhooks

app_name = "payments"

public = [path("webhooks/stripe", webhooks.stripe, name="stripe-webhook")]

staff = [path("refunds/<pid:public_id>", views.refund, name="refund")]

applicant = [
    path("credit", views.credit, name="credit"),
    path("credit/<pid:public_id>/send-back", views.send_back, name="credit-send-back"),
    path("invoices/<pid:public_id>", views.invoice, name="invoice"),
    path("invoices/<pid:public_id>/paper.pdf", views.invoice_paper, name="invoice-pdf"),
    path(
        "invoices/<pid:public_id>/credit/<slug:number>.pdf",
        views.credit_note_paper,
        name="credit-note",
    ),
]
