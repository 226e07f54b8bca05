"""Addresses for people without an account: a sponsor's page, an invoice."""

from django.urls import path

from funding.pages import sponsor

app_name = "funding"
urlpatterns = [
    path("support/<str:token>/", sponsor.support, name="support"),
    path("support/<str:token>/agreement.pdf", sponsor.agreement_pdf, name="agreement_pdf"),
    path("support/<str:token>/<slug:name>/", sponsor.answer, name="answer"),
    path("invoices/<str:token>/", sponsor.invoice, name="invoice"),
    path("invoices/<str:token>/invoice.pdf", sponsor.invoice_pdf, name="invoice_pdf"),
]
