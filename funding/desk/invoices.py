"""Invoices: issued for a cohort at once or one by one, downloaded, paid, credited. Nothing on them is ever edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from funding.desk.common import (
    BREAK,
    STANDING_COLOURS,
    DecidedAdmin,
    EmployerOfAgreementFilter,
    Entries,
    link_to,
)
from funding.documents import invoice_response, sums_of, vat_in_words
from funding.models import Adjustment, Allocation, CreditNote, Invoice, InvoiceSeries
from funding.models.agreement import NOTHING
from funding.permissions import MoneyPermission
from funding.states import InvoiceStatus
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.lists import choose, column
from steppingup.formats.english import day_date, pounds
from steppingup.site.export import Column

#: Worked out from dates and sums, not stored.
STANDINGS = {
    "overdue": ("Overdue", lambda rows: rows.overdue()),
    "part": ("Part paid", lambda rows: rows.unpaid().filter(sum_received__gt=0)),
    "open": ("Not paid yet", lambda rows: rows.unpaid()),
    "paid": ("Paid", lambda rows: rows.filter(status=InvoiceStatus.PAID)),
    "overpaid": ("Paid above what is owed", lambda rows: rows.filter(owing__lt=0)),
    "part_credited": ("Credited in part", lambda rows: rows.standing().filter(sum_credited__gt=0)),
    "credited": ("Credited in whole", lambda rows: rows.filter(status=InvoiceStatus.CREDITED)),
    "written_off": ("Written off", lambda rows: rows.filter(status=InvoiceStatus.WRITTEN_OFF)),
    "quiet": ("Reminders stopped", lambda rows: rows.filter(quiet_since__isnull=False)),
    "not_owed": ("No longer owed", lambda rows: rows.not_owed()),
}


class AllocationInline(Entries):
    """What of which payment was set against the invoice."""

    model = Allocation
    rows = "allocations"
    verbose_name_plural = "payments"
    fields = readonly_fields = ("received_on", "pounds", "reference", "why", "by", "at")
    related = ("payment", "by")

    received_on = column("Received", lambda row: day_date(row.payment.on))
    reference = column("Reference", "payment__reference")
    why = column("Why", lambda row: row.payment.reason or row.reason or "-")


class CreditNoteInline(Entries):
    model = CreditNote
    rows = "credit_notes"
    fields = readonly_fields = ("document", "issued_on", "pounds", "reason", "issued_by")
    related = ("series", "issued_by")

    @display(description="Number")
    def document(self, row: CreditNote) -> str:
        return link_to(row)


class AdjustmentInline(Entries):
    model = Adjustment
    rows = "adjustments"
    fields = readonly_fields = ("what", "pounds", "status", "reason", "proposed_by", "decided_by")
    related = ("proposed_by", "decided_by", "invoice__series")

    @display(description="What")
    def what(self, row: Adjustment) -> str:
        return link_to(row, row.get_kind_display())


@admin.register(Invoice)
class InvoiceAdmin(DecidedAdmin):
    list_display = (
        *("reference", "person", "employer", "issued_on", "due_on"),
        *("amount_pounds", "credited_pounds", "outstanding", "standing"),
    )
    list_filter = (choose("paid or not", "standing", STANDINGS), CohortFilter, EmployerOfAgreementFilter)
    search_fields = ("agreement__person__full_name", "bill_to", "purchase_order", "=number", "description")
    fields = readonly_fields = (
        *("reference", "standing", "description", "agreement", "sums"),
        *("issued_on", "due_on", "paid_on", "purchase_order", "to", "sender", "vat", "issued_by"),
        *("quiet_since", "quiet_by", "quiet_reason", "emails"),
    )
    inlines = (AllocationInline, CreditNoteInline, AdjustmentInline)
    export_columns = (
        Column("Number", "reference"),
        Column("For", "description"),
        Column("Employer", "agreement__employer_display"),
        Column("Purchase order", "purchase_order"),
        Column("Issued", "issued_on"),
        Column("Due", "due_on"),
        Column("Amount", "amount"),
        Column("VAT", "vat_amount"),
        Column("VAT treatment", "get_vat_treatment_display"),
        Column("Credited", "credited"),
        Column("Written off", "written_off"),
        Column("Received", "received"),
        Column("Refunded", "refunded"),
        Column("On account", "on_account"),
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
    credited_pounds = column("Credited", lambda row: pounds(row.credited) if row.credited else "-")
    outstanding = column("Outstanding", lambda row: pounds(row.outstanding))
    vat = column("VAT", vat_in_words)
    standing = column("Status", "standing", colours=STANDING_COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).with_sums().for_steps().select_related("issued_by")

    @display(description="Sums")
    def sums(self, row: Invoice) -> SafeString:
        return render_to_string("admin/funding/sums.html", {"lines": sums_of(row)})

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pdf = {
            "label": "Download the PDF",
            "url": reverse("admin:funding_invoice_pdf", args=[subject.pk]),
            "for_them": False,
        }
        return [pdf, *super().buttons(request, subject)]

    @own_page("<int:pk>/invoice.pdf", "pdf")
    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        return invoice_response(get_object_or_404(self.get_queryset(request), pk=pk))


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(ScopedAdmin):
    change_permission = MoneyPermission.DECIDE_MONEY
    list_display = ("prefix", "credit_prefix", "provider", "years", "vat_treatment", "payment_days", "invoiced")
    search_fields = ("prefix", "provider__name")
    fieldsets = (
        ("Numbers", {"fields": ("provider", "prefix", "credit_prefix", "years", "runs")}),
        ("On every document", {"fields": ("bill_from", "payment_days")}),
        ("VAT", {"fields": ("vat_treatment", "vat_rate", "vat_number", "vat_words")}),
    )
    readonly_fields = ("runs",)
    export_columns = (
        Column("Prefix", "prefix"),
        Column("Prefix of credit notes", "credit_prefix"),
        Column("Provider", "provider__name"),
        Column("Numbers begin again each", "get_years_display"),
        Column("Numbers given", "last_number"),
        Column("VAT", "get_vat_treatment_display"),
        Column("Sentence about VAT", "vat_sentence"),
    )

    invoiced = column("Invoiced", lambda row: pounds(row.total))

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceSeries]:
        return super().get_queryset(request).annotate(total=Coalesce(Sum("invoices__amount"), NOTHING))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The prefix is part of every number that was issued."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "provider", "prefix", "credit_prefix"] if obj and obj.last_number else fields

    @display(description="Given so far")
    def runs(self, row: InvoiceSeries) -> str:
        lines = [(run, run.last_number) for run in row.runs.all()] if row.pk else []
        return format_html_join(BREAK, "{}: {}", lines) or "None yet"
