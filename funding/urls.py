"""Addresses for people without an account (a sponsor's page, an invoice), and of who pays for a participant's place."""

from django.urls import path

from cohorts.pages import participant
from funding.pages import invoices, liability, sponsor

app_name = "funding"
urlpatterns = [
    path("my-programme/<int:pk>/money/", participant.topic, {"topic": "money"}, name="money"),
    path("support/<str:token>/", sponsor.support, name="support"),
    path("support/<str:token>/agreement.pdf", sponsor.agreement_pdf, name="agreement_pdf"),
    path("support/<str:token>/<slug:name>/", sponsor.answer, name="answer"),
    path("leaving/mine/<int:pk>/", liability.own_case, name="own_case"),
    path("leaving/<str:token>/", liability.employers_case, name="case"),
    path("invoices/<str:token>/", invoices.invoice, name="invoice"),
    path("invoices/<str:token>/invoice.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:token>/receipt.pdf", invoices.receipt_pdf, name="receipt_pdf"),
    path("invoices/<str:token>/credit-notes/<int:pk>.pdf", invoices.credit_note_pdf, name="credit_note_pdf"),
]
