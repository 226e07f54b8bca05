"""Fee agreements: who pays for whom, with what was asked and answered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from cohorts.states import HOLDS_A_PLACE
from funding import telling
from funding.actions import agreements, invoices
from funding.admin.common import AGREEMENT_COLOURS, CohortFilter, EmailsMixin, EmployerFilter, MoneyAdmin
from funding.models import FeeAgreement, FeeTerms, FundingSource
from funding.states import AGREEMENT, AgreementStatus, Route
from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import Permission
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column
from steppingup.steps.step import StepForm


class BillingFilter(DropdownFilter):
    title = "invoice"
    parameter_name = "billing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "To be issued"), ("issued", "Issued"), ("none", "Nothing to invoice")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "due":
            return queryset.to_invoice()
        if self.value() == "issued":
            return queryset.filter(invoice__isnull=False)
        return queryset.filter(to_bill=0) if self.value() == "none" else queryset


def _can_be_invoiced(agreement: FeeAgreement) -> bool:
    try:
        invoices.check(agreement)
    except NotPossible:
        return False
    return True


def _told_of_issuing(agreement: FeeAgreement) -> list[Any]:
    draft = invoices.draft(agreement, invoices.series_of(agreement.provider))
    return telling.previews([telling.of_invoice(draft)] if agreement.sponsor_email else [])


def _ask_again(agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    return agreements.ask(
        agreement=agreement,
        sponsor_name=agreement.sponsor_name,
        sponsor_email=agreement.sponsor_email,
        sponsor_job_title=agreement.sponsor_job_title,
        by=by,
    )


class FundForm(StepForm):
    """The internal funds of the programme that pay for this employer's staff."""

    source = forms.ModelChoiceField(
        queryset=FundingSource.objects.none(),
        label="Fund",
        empty_label="Choose",
        error_messages={"required": "Choose the fund that pays."},
    )

    def __init__(self, data: Any = None, *, subject: FeeAgreement, **kwargs: Any) -> None:
        super().__init__(data, subject=subject, **kwargs)
        funds = _funds_for(subject)
        field: Any = self.fields["source"]
        field.queryset = FundingSource.objects.filter(pk__in=[fund.pk for fund in funds])
        field.label_from_instance = lambda fund: f"{fund.name}, {pounds(fund.left)} left"


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label="Why the place is not needed",
        help_text="The sponsor reads it, if one was asked.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the place is not needed any more."},
    )


def _funds_for(agreement: FeeAgreement) -> list[FundingSource]:
    funds = FundingSource.objects.filter(
        programme=agreement.cohort.programme_id, route=Route.INTERNAL, is_open=True
    ).prefetch_related("employers")
    return [fund for fund in funds if fund.pays_for(agreement.employer)]


def _can_be_funded(agreement: FeeAgreement) -> bool:
    return "settle_internally" in AGREEMENT.possible(agreement.status) and bool(_funds_for(agreement))


def _can_be_released(agreement: FeeAgreement) -> bool:
    holds = agreement.enrolment is not None and agreement.enrolment.status in HOLDS_A_PLACE
    return "release" in AGREEMENT.possible(agreement.status) and not holds and not hasattr(agreement, "invoice")


@admin.register(FeeAgreement)
class FeeAgreementAdmin(StepsMixin, EmailsMixin, MoneyAdmin):
    change_permission = Permission.DECIDE_MONEY
    provider_path = "cohort__programme__provider"
    cohort_path = "cohort"
    list_display = ("person", "employer_shown", "cohort", "state", "route", "fee", "employer_share")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("route", ChoicesDropdownFilter),
        CohortFilter,
        EmployerFilter,
        BillingFilter,
    )
    search_fields = (
        "person__full_name",
        "person__email",
        "employer__name",
        "employer_name",
        "sponsor_name",
        "purchase_order",
    )
    ordering = ("-pk",)
    fieldsets = (
        ("The place", {"fields": ("person", "cohort", "employer_and_levy", "state", "route", "source", "enrolment")}),
        ("The sponsor", {"fields": ("sponsor_name", "sponsor_email", "sponsor_job_title", "asked_at")}),
        (
            "The answer",
            {"fields": ("answered_at", "answered_by", "decline_reason", "fee", "bursary", "employer_share")},
        ),
        ("For the invoice", {"fields": ("purchase_order", "billing_address", "invoice_issued")}),
        ("Emails", {"fields": ("emails",)}),
        ("What was read and agreed", {"fields": ("terms_read",)}),
    )
    readonly_fields = (
        *("person", "cohort", "employer_and_levy", "state", "route", "source", "enrolment", "terms_read"),
        *("sponsor_name", "sponsor_email", "sponsor_job_title", "asked_at"),
        *(
            "answered_at",
            "answered_by",
            "decline_reason",
            "fee",
            "bursary",
            "employer_share",
            "invoice_issued",
            "emails",
        ),
    )
    export_columns = (
        Column("Applicant", "person__full_name"),
        Column("Email address", "person__email"),
        Column("Employer", "employer_display"),
        Column("Pays the levy", lambda row: "yes" if row.employer and row.employer.is_levy_payer else "no"),
        Column("Programme", "cohort__programme__name"),
        Column("Cohort", "cohort__name"),
        Column("State", "get_status_display"),
        Column("Route", "get_route_display"),
        Column("Fund", "source__name"),
        Column("Fee", "amount"),
        Column("Bursary", "bursary_amount"),
        Column("Employer pays", "employer_pays"),
        Column("Sponsor", "sponsor_name"),
        Column("Sponsor's address", "sponsor_email"),
        Column("Purchase order", "purchase_order"),
        Column("Asked", "asked_at"),
        Column("Answered", "answered_at"),
    )
    steps = (
        AdminStep(
            "invoice",
            "Issue the invoice",
            invoices.issue,
            "agreement",
            Permission.DECIDE_MONEY,
            possible=_can_be_invoiced,
            told=_told_of_issuing,
            text="The invoice gets the next number and cannot be changed afterwards.",
            done="The invoice was issued.",
        ),
        AdminStep(
            "ask-again",
            "Ask the sponsor again",
            _ask_again,
            "agreement",
            Permission.SEE_MONEY,
            possible=lambda agreement: agreement.status == AgreementStatus.ASKED,
            told=lambda agreement: telling.previews(telling.of_asking(agreement)),
            text="The sponsor gets a new link. The earlier one stops working.",
            done="The sponsor was asked again.",
        ),
        AdminStep(
            *("fund", "Fund the place internally", agreements.fund, "agreement", Permission.DECIDE_MONEY),
            possible=_can_be_funded,
            told=lambda agreement, values: telling.would_end(agreement, f"{values['source']} pays for the place."),
            form_class=FundForm,
            check=True,
            text="The fee is set aside from the fund, and no employer is asked to pay.",
            done="The place is funded.",
        ),
        AdminStep(
            *("release", "Say that the place is not needed", agreements.release, "agreement", Permission.DECIDE_MONEY),
            possible=_can_be_released,
            told=lambda agreement, values: telling.would_end(agreement, values["reason"]),
            form_class=ReleaseForm,
            check=True,
            text="The place is not needed: money that was set aside is free for another place, and links that were "
            "sent stop working.",
            done="The fee agreement is released.",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeeAgreement]:
        return super().get_queryset(request).with_everything().with_employer_pays()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Once invoiced, order number and address stand on the invoice and are kept."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "purchase_order", "billing_address"] if obj and hasattr(obj, "invoice") else fields

    @display(description="Employer", ordering="employer__name")
    def employer_and_levy(self, row: FeeAgreement) -> str:
        levy = " (pays the levy)" if row.employer and row.employer.is_levy_payer else ""
        return f"{row.employer_display}{levy}" or "-"

    @display(description="Employer", ordering="employer__name")
    def employer_shown(self, row: FeeAgreement) -> str:
        return row.employer_display or "-"

    @display(description="State", label=AGREEMENT_COLOURS, ordering="status")
    def state(self, row: FeeAgreement) -> str:
        return row.get_status_display()

    @display(description="Invoice")
    def invoice_issued(self, row: FeeAgreement) -> str:
        invoice = getattr(row, "invoice", None)
        if invoice is None:
            return "Not issued"
        address = reverse("admin:funding_invoice_change", args=[invoice.pk])
        return format_html('<a class="su-link" href="{}">{}</a>, {}', address, invoice, invoice.standing.lower())

    @display(description="Terms")
    def terms_read(self, row: FeeAgreement) -> str:
        return render_to_string("admin/funding/terms.html", {"terms": row.terms}) if row.terms else "-"

    @display(description="Fee", ordering="amount")
    def fee(self, row: FeeAgreement) -> str:
        return pounds(row.amount) or "-"

    @display(description="Bursary", ordering="bursary_amount")
    def bursary(self, row: FeeAgreement) -> str:
        """What was granted, and the request that waits or was decided last."""
        request = row.bursary_requests.first()
        if request is None:
            return "Not asked for"
        address = reverse("admin:funding_bursaryrequest_change", args=[request.pk])
        said = f"{pounds(row.bursary_amount)}, " if row.bursary_amount else ""
        state = request.get_status_display().lower()
        return format_html('{}<a class="su-link" href="{}">request {}</a>', said, address, state)

    @display(description="Employer pays", ordering="to_bill")
    def employer_share(self, row: FeeAgreement) -> str:
        return pounds(row.employer_pays) if row.amount is not None else "-"


@admin.register(FeeTerms)
class FeeTermsAdmin(MoneyAdmin):
    change_permission = Permission.EDIT_PROGRAMMES
    provider_path = "programme__provider"
    list_display = ("programme", "invoiced_when")
    search_fields = ("programme__name",)
    list_select_related = ("programme",)
    export_columns = (
        Column("Programme", "programme__name"),
        Column("Invoiced when", "invoiced_when"),
        Column("Text", "text"),
    )
