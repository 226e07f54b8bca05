"""Invoices: issued for a cohort at once or one by one, downloaded, paid. Nothing on them is ever edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse

from cohorts.desk.filters import CohortFilter
from funding.desk.common import (
    STANDING_COLOURS,
    DecidedAdmin,
    EmployerOfAgreementFilter,
    Entries,
)
from funding.documents import invoice_response
from funding.models import Invoice, InvoiceSeries, Payment
from funding.models.agreement import NOTHING
from funding.permissions import MoneyPermission
from funding.states import InvoiceStatus
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.lists import choose, column
from steppingup.formats.english import pounds
from steppingup.site.export import Column

#: Worked out from dates and payments, not stored.
STANDINGS = {
    "overdue": ("Overdue", lambda rows: rows.overdue()),
    "part": ("Part paid", lambda rows: rows.unpaid().filter(paid__gt=0)),
    "not_owed": ("No longer owed", lambda rows: rows.not_owed()),
    "open": ("Not paid yet", lambda rows: rows.unpaid()),
    "paid": ("Paid", lambda rows: rows.filter(status=InvoiceStatus.PAID)),
}


class PaymentInline(Entries):
    model = Payment
    rows = "payments"
    fields = readonly_fields = ("on", "pounds", "reference", "recorded_by", "recorded_at")
    related = ("recorded_by",)


@admin.register(Invoice)
class InvoiceAdmin(DecidedAdmin):
    list_display = (
        "reference",
        "person",
        "employer",
        "issued_on",
        "due_on",
        "amount_pounds",
        "outstanding",
        "standing",
    )
    list_filter = (choose("paid or not", "standing", STANDINGS), CohortFilter, EmployerOfAgreementFilter)
    search_fields = ("agreement__person__full_name", "bill_to", "purchase_order", "=number", "description")
    fields = readonly_fields = (
        *("reference", "standing", "description", "agreement", "amount_pounds", "outstanding"),
        *("issued_on", "due_on", "paid_on", "purchase_order", "to", "sender", "issued_by", "emails"),
    )
    inlines = (PaymentInline,)
    export_columns = (
        Column("Number", "reference"),
        Column("For", "description"),
        Column("Employer", "agreement__employer_display"),
        Column("Purchase order", "purchase_order"),
        Column("Issued", "issued_on"),
        Column("Due", "due_on"),
        Column("Amount", "amount"),
        Column("Received", "received"),
        Column("Outstanding", "outstanding"),
        Column("Status", "standing"),
        Column("Paid", "paid_on"),
    )

    reference = column("Number", "reference", "number")
    to = column("Billed to", lambda row: linebreaksbr(row.bill_to))
    sender = column("Billed by", lambda row: linebreaksbr(row.bill_from))
    person = column("Participant", "agreement__person", "agreement__person__full_name")
    employer = column("Employer", lambda row: row.agreement.employer_display or "-")
    amount_pounds = column("Amount", lambda row: pounds(row.amount), "amount")
    outstanding = column("Outstanding", lambda row: pounds(row.outstanding))
    standing = column("Status", "standing", colours=STANDING_COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).with_paid().for_steps().select_related("issued_by")

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pdf = {"label": "Download the PDF", "url": reverse("admin:funding_invoice_pdf", args=[subject.pk])}
        return [pdf, *super().buttons(request, subject)]

    @own_page("<int:pk>/invoice.pdf", "pdf")
    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        return invoice_response(get_object_or_404(self.get_queryset(request), pk=pk))


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(ScopedAdmin):
    change_permission = MoneyPermission.DECIDE_MONEY
    list_display = ("prefix", "provider", "last_number", "payment_days", "invoiced")
    search_fields = ("prefix", "provider__name")
    export_columns = (
        Column("Prefix", "prefix"),
        Column("Provider", "provider__name"),
        Column("Last number", "last_number"),
    )

    invoiced = column("Invoiced", lambda row: pounds(row.total))

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceSeries]:
        return super().get_queryset(request).annotate(total=Coalesce(Sum("invoices__amount"), NOTHING))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The prefix is part of every number that was issued."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "provider", "prefix"] if obj and obj.last_number else fields
