"""Invoices: issued for a cohort at once or one by one, downloaded, paid. Nothing on them is ever edited."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from cohorts.models import Cohort
from funding import telling
from funding.actions import invoices, payments
from funding.admin.common import (
    STANDING_COLOURS,
    CohortOfAgreementFilter,
    EmailsMixin,
    EmployerOfAgreementFilter,
    MoneyAdmin,
)
from funding.documents import invoice_response
from funding.models import Invoice, InvoiceSeries, Payment
from funding.queries import NOTHING
from funding.states import InvoiceStatus
from steppingup.accounts.roles import Permission
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column


class StandingFilter(DropdownFilter):
    """Worked out from dates and payments, not stored."""

    title = "paid or not"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("part", "Part paid"), ("open", "Not paid yet"), ("paid", "Paid")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen == "overdue":
            return queryset.overdue()
        if chosen == "part":
            return queryset.unpaid().filter(paid__gt=0)
        if chosen == "open":
            return queryset.unpaid()
        return queryset.filter(status=InvoiceStatus.PAID) if chosen == "paid" else queryset


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        label="How many pounds came in",
        max_digits=9,
        decimal_places=2,
        error_messages={"required": "Give the amount that came in"},
    )
    on = forms.DateField(
        label="On which day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={"required": "Give the day on which the money came in"},
    )
    reference = forms.CharField(
        label="Reference", max_length=100, required=False, help_text="As it stands on the bank statement."
    )


class PaymentInline(TabularInline):
    model = Payment
    verbose_name_plural = "payments"
    fields = readonly_fields = ("on", "pounds", "reference", "recorded_by", "recorded_at")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("recorded_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the invoice sees its payments

    @display(description="Pounds")
    def pounds(self, row: Payment) -> str:
        return pounds(row.amount)


@admin.register(Invoice)
class InvoiceAdmin(StepsMixin, EmailsMixin, MoneyAdmin):
    provider_path = "agreement__cohort__programme__provider"
    cohort_path = "agreement__cohort"
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
    list_filter = (StandingFilter, CohortOfAgreementFilter, EmployerOfAgreementFilter)
    search_fields = ("agreement__person__full_name", "bill_to", "purchase_order", "=number", "description")
    ordering = ("-issued_on", "-number")
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
        Column("Standing", "standing"),
        Column("Paid", "paid_on"),
    )
    steps = (
        AdminStep(
            "pay",
            "Record a payment",
            payments.record,
            "invoice",
            Permission.DECIDE_MONEY,
            possible=lambda invoice: invoice.status == InvoiceStatus.ISSUED,
            form_class=PaymentForm,
            text="The invoice is paid when nothing is outstanding any more.",
            done="The payment was recorded.",
        ),
        AdminStep(
            "take-back",
            "Take the last payment back",
            payments.take_last_back,
            "invoice",
            Permission.DECIDE_MONEY,
            possible=lambda invoice: payments.last_payment(invoice) is not None,
            text="An entry with the opposite sign is added; the invoice is open again.",
            done="The payment was taken back.",
        ),
        AdminStep(
            "send-again",
            "Send it again",
            invoices.send_again,
            "invoice",
            Permission.DECIDE_MONEY,
            possible=lambda invoice: bool(invoice.agreement.sponsor_email),
            told=lambda invoice: telling.previews([telling.of_invoice(invoice)]),
            text="The sponsor gets a new link to the invoice. The earlier one stops working.",
            done="The invoice was sent again.",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        related = ("series", "agreement__person", "agreement__employer", "agreement__cohort__programme__provider")
        return super().get_queryset(request).with_paid().select_related(*related, "issued_by")

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Sequence[type[PaymentInline]]:
        """Nothing that came in is no table without rows."""
        return self.inlines if obj is not None and obj.payments.exists() else ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("issue/<int:cohort_id>/", view(self.issue_all), name="funding_invoice_issue"),
            path("<int:pk>/invoice.pdf", view(self.pdf), name="funding_invoice_pdf"),
            *super().get_urls(),
        ]

    def steps_for(self, request: HttpRequest, obj: Any) -> list[dict[str, str]]:
        pdf = {"label": "Download the PDF", "url": reverse("admin:funding_invoice_pdf", args=[obj.pk])}
        return [pdf, *super().steps_for(request, obj)]

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        return invoice_response(get_object_or_404(self.get_queryset(request), pk=pk))

    def issue_all(self, request: HttpRequest, cohort_id: int) -> HttpResponse:
        """Every invoice of the cohort that is due: what they are, who will be told, and one button."""
        cohorts = Cohort.objects.for_staff(request.user, Permission.DECIDE_MONEY)
        cohort = cohorts.select_related("programme__provider", "plan").filter(pk=cohort_id).first()
        if cohort is None:
            raise Http404
        back = f"{reverse('admin:funding_invoice_changelist')}?cohort={cohort.pk}"
        if request.method == "POST":
            try:
                issued = invoices.issue_all_due(cohort=cohort, by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                word = "invoice was" if len(issued) == 1 else "invoices were"
                messages.success(request, f"{len(issued)} {word} issued and will be sent.")
            return HttpResponseRedirect(back)
        try:
            series = invoices.series_of(cohort.programme.provider)
        except NotPossible as sentence:
            messages.error(request, str(sentence))
            return HttpResponseRedirect(reverse("admin:funding_invoiceseries_changelist"))
        due = invoices.due_in(cohort).with_everything().prefetch_related("cohort__plan__components")
        drafts = [invoices.draft(agreement, series) for agreement in due]
        notices = [telling.of_invoice(draft) for draft in drafts if draft.agreement.sponsor_email]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Issue the invoices that are due",
            "cohort": cohort,
            "drafts": drafts,
            "total": sum(draft.amount for draft in drafts),
            "told": telling.previews(notices),
            "back_url": back,
        }
        return TemplateResponse(request, "admin/funding/issue.html", context)

    @display(description="Number", ordering="number")
    def reference(self, row: Invoice) -> str:
        return row.reference

    @display(description="Billed to")
    def to(self, row: Invoice) -> str:
        return linebreaksbr(row.bill_to)

    @display(description="Billed by")
    def sender(self, row: Invoice) -> str:
        return linebreaksbr(row.bill_from)

    @display(description="For whom", ordering="agreement__person__full_name")
    def person(self, row: Invoice) -> str:
        return str(row.agreement.person)

    @display(description="Employer")
    def employer(self, row: Invoice) -> str:
        return row.agreement.employer_display or "-"

    @display(description="Amount", ordering="amount")
    def amount_pounds(self, row: Invoice) -> str:
        return pounds(row.amount)

    @display(description="Outstanding")
    def outstanding(self, row: Invoice) -> str:
        return pounds(row.outstanding)

    @display(description="Standing", label=STANDING_COLOURS)
    def standing(self, row: Invoice) -> str:
        return row.standing


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(MoneyAdmin):
    change_permission = Permission.DECIDE_MONEY
    provider_path = "provider"
    list_display = ("prefix", "provider", "last_number", "payment_days", "invoiced")
    search_fields = ("prefix", "provider__name")
    list_select_related = ("provider",)
    fields = ("provider", "prefix", "payment_days", "bill_from")
    export_columns = (
        Column("Prefix", "prefix"),
        Column("Provider", "provider__name"),
        Column("Last number", "last_number"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceSeries]:
        return super().get_queryset(request).annotate(total=Coalesce(Sum("invoices__amount"), NOTHING))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The prefix is part of every number that was issued."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "provider", "prefix"] if obj and obj.last_number else fields

    @display(description="Invoiced")
    def invoiced(self, row: Any) -> str:
        return pounds(row.total)
