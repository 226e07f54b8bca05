"""Payments, credit notes, and write-offs and refunds, which one person proposes and another confirms."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from funding.desk.common import BREAK, DecidedAdmin, EmployerOfInvoiceFilter, RecordAdmin, link_to
from funding.documents import credit_note_response, vat_in_words
from funding.models import Adjustment, CreditNote, Payment
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.formats.english import pounds
from steppingup.site.export import Column

#: Of payments.
KINDS = {
    "payment": ("Payments", lambda rows: rows.filter(reverses=None)),
    "reversal": ("Reversals", lambda rows: rows.exclude(reverses=None)),
    "reversed": ("Payments that were reversed", lambda rows: rows.exclude(reversed_by=None)),
}
COLOURS = {"Waiting for a second person": "warning", "Confirmed": "success", "Not confirmed": "danger"}


@admin.register(Payment)
class PaymentAdmin(RecordAdmin):
    list_display = ("on", "amount_pounds", "reference", "invoice", "person", "employer", "kind", "recorded_by")
    list_filter = (choose("payment or reversal", "kind", KINDS), CohortFilter, EmployerOfInvoiceFilter)
    search_fields = ("invoice__agreement__person__full_name", "=invoice__number", "reference", "reason")
    fields = readonly_fields = (
        *("on", "amount_pounds", "reference", "invoice", "set_against", "kind", "reverses", "reason"),
        *("recorded_by", "recorded_at"),
    )
    export_columns = (
        Column("Received", "on"),
        Column("Amount", "amount"),
        Column("Reference", "reference"),
        Column("Invoice", "invoice__reference"),
        Column("Employer", "invoice__agreement__employer_display"),
        Column("Why it was reversed", "reason"),
        Column("Recorded by", lambda row: str(row.recorded_by)),
        Column("Recorded", "recorded_at"),
    )

    person = column("Participant", "invoice__agreement__person")
    employer = column("Employer", lambda row: row.invoice.agreement.employer_display or "-")
    amount_pounds = column("Amount", lambda row: pounds(row.amount), "amount")
    kind = column("Kind", lambda row: "Reversal" if row.reverses_id else "Payment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        place = "invoice__agreement"
        related = (f"{place}__person", f"{place}__employer", f"{place}__cohort__programme__provider", "recorded_by")
        return super().get_queryset(request).select_related("invoice__series", "reverses", *related)

    @display(description="Set against")
    def set_against(self, row: Payment) -> str:
        entries = row.allocations.select_related("invoice__series")
        lines = [(link_to(entry.invoice), pounds(entry.amount)) for entry in entries]
        return format_html_join(BREAK, "{}: {}", lines)


@admin.register(CreditNote)
class CreditNoteAdmin(RecordAdmin):
    list_display = ("reference", "invoice", "person", "employer", "issued_on", "amount_pounds", "reason")
    list_filter = (CohortFilter, EmployerOfInvoiceFilter)
    search_fields = ("invoice__agreement__person__full_name", "bill_to", "purchase_order", "=number", "reason")
    fields = readonly_fields = (
        *("reference", "document", "invoice", "amount_pounds", "reason", "description", "issued_on", "purchase_order"),
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

    @display(description="Document")
    def document(self, row: CreditNote) -> str:
        address = reverse("admin:funding_creditnote_pdf", args=[row.pk])
        return format_html('<a class="su-link" href="{}">Download the PDF</a>', address)

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
