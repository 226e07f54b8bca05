"""Credit notes, and write-offs and refunds, which one person proposes and another confirms."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from cohorts.desk.filters import CohortFilter
from funding.desk.common import DecidedAdmin, EmployerOfInvoiceFilter
from funding.documents import credit_note_response, vat_in_words
from funding.models import Adjustment, CreditNote
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.formats.english import pounds
from steppingup.site.export import Column

COLOURS = {"Waiting for a second person": "warning", "Confirmed": "success", "Not confirmed": "danger"}


@admin.register(CreditNote)
class CreditNoteAdmin(DecidedAdmin):
    list_display = ("reference", "invoice", "person", "employer", "issued_on", "amount_pounds", "reason")
    list_filter = (CohortFilter, EmployerOfInvoiceFilter)
    search_fields = ("invoice__agreement__person__full_name", "bill_to", "purchase_order", "=number", "reason")
    fields = readonly_fields = (
        *("reference", "invoice", "amount_pounds", "reason", "description", "issued_on", "purchase_order"),
        *("to", "vat", "issued_by", "emails"),
    )
    export_columns = (
        Column("Number", "reference"),
        Column("Invoice", "invoice__reference"),
        Column("For", "description"),
        Column("Employer", "invoice__agreement__employer_display"),
        Column("Issued", "issued_on"),
        Column("Amount", "amount"),
        Column("VAT", "vat_amount"),
        Column("Why", "reason"),
        Column("Issued by", lambda row: str(row.issued_by or "")),
    )

    reference = column("Number", "reference", "number")
    person = column("Participant", "invoice__agreement__person")
    employer = column("Employer", lambda row: row.invoice.agreement.employer_display or "-")
    amount_pounds = column("Amount", lambda row: pounds(row.amount), "amount")
    to = column("Billed to", lambda row: linebreaksbr(row.bill_to))
    vat = column("VAT", vat_in_words)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditNote]:
        return super().get_queryset(request).for_steps()

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pdf = {"label": "Download the PDF", "url": reverse("admin:funding_creditnote_pdf", args=[subject.pk])}
        return [pdf, *super().buttons(request, subject)]

    @own_page("<int:pk>/credit-note.pdf", "pdf")
    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        return credit_note_response(get_object_or_404(self.get_queryset(request), pk=pk))


@admin.register(Adjustment)
class AdjustmentAdmin(DecidedAdmin):
    list_display = ("what", "invoice", "person", "employer", "amount_pounds", "state", "proposed_by", "decided_by")
    list_filter = (("kind", ChoicesDropdownFilter), ("status", ChoicesDropdownFilter), CohortFilter)
    search_fields = ("invoice__agreement__person__full_name", "=invoice__number", "reason", "reference")
    fields = readonly_fields = (
        *("what", "invoice", "person", "amount_pounds", "reason", "state", "proposed_by", "proposed_at"),
        *("decided_by", "decided_at", "decision_reason", "on", "reference", "emails"),
    )
    export_columns = (
        Column("What", "get_kind_display"),
        Column("Invoice", "invoice__reference"),
        Column("Employer", "invoice__agreement__employer_display"),
        Column("Amount", "amount"),
        Column("Status", "get_status_display"),
        Column("Why", "reason"),
        Column("Proposed by", lambda row: str(row.proposed_by)),
        Column("Proposed", "proposed_at"),
        Column("Decided by", lambda row: str(row.decided_by or "")),
        Column("Decided", "decided_at"),
        Column("Paid back on", "on"),
        Column("Reference", "reference"),
    )

    what = column("What", "get_kind_display", "kind")
    person = column("Participant", "invoice__agreement__person")
    employer = column("Employer", lambda row: row.invoice.agreement.employer_display or "-")
    amount_pounds = column("Amount", lambda row: pounds(row.amount), "amount")
    state = column("Status", "get_status_display", "status", COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Adjustment]:
        return super().get_queryset(request).for_steps()
