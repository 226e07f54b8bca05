"""Fee agreements: who pays for whom, with what was asked and answered."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from funding.actions.invoices import issue
from funding.desk.common import AGREEMENT_COLOURS, BREAK, DecidedAdmin, EmployerFilter
from funding.documents import agreement_response
from funding.models import FeeAgreement, FeeTerms
from funding.permissions import MoneyPermission
from funding.queries import money_of_cohorts
from funding.states import SETTLED, Route
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.lists import choose, column
from steppingup.formats.english import pounds
from steppingup.site.export import Column

#: So many on one page.
COHORTS = 25
BILLING = {
    "issued": ("Issued", lambda rows: rows.exclude(pk__in=rows.without_invoice().values("pk"))),
    "none": ("Nothing to invoice", lambda rows: rows.filter(to_bill=0)),
}


def _levy(row: FeeAgreement) -> str:
    return " (pays the levy)" if row.employer and row.employer.is_levy_payer else ""


@admin.register(FeeAgreement)
class FeeAgreementAdmin(DecidedAdmin):
    change_permission = MoneyPermission.DECIDE_MONEY
    list_display = ("person", "employer_shown", "cohort", "state", "route", "fee", "employer_share")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("route", ChoicesDropdownFilter),
        CohortFilter,
        EmployerFilter,
        choose("invoice", "billing", BILLING),
    )
    search_fields = (
        "person__full_name",
        "person__email",
        "employer__name",
        "employer_name",
        "sponsor_name",
        "purchase_order",
    )
    fieldsets = (
        ("The place", {"fields": ("person", "cohort", "employer_and_levy", "state", "route", "source", "enrolment")}),
        ("The sponsor", {"fields": ("sponsor_name", "sponsor_email", "sponsor_job_title", "asked_at")}),
        (
            "The answer",
            {
                "fields": (
                    *(
                        "answered_at",
                        "answered_by",
                        "decline_reason",
                        "fee",
                        "place_costs",
                        "bursary",
                        "employer_share",
                    ),
                    *("after_leaving", "owed_of", "still_owed", "owed_shown"),
                )
            },
        ),
        (
            "For the invoice",
            {"fields": ("finance_name", "finance_email", "purchase_order", "billing_address", "invoice_issued")},
        ),
        ("Emails", {"fields": ("emails",)}),
        ("What was agreed", {"fields": ("terms_read",)}),
    )
    readonly_fields = (
        *("person", "cohort", "employer_and_levy", "state", "route", "source", "enrolment", "terms_read"),
        *("sponsor_name", "sponsor_email", "sponsor_job_title", "asked_at"),
        *(
            "answered_at",
            "answered_by",
            "decline_reason",
            "fee",
            "place_costs",
            "bursary",
            "employer_share",
            "after_leaving",
            "owed_of",
            "still_owed",
            "owed_shown",
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
        Column("Status", "get_status_display"),
        Column("Route", "get_route_display"),
        Column("Fund", "source__name"),
        Column("Fee", "amount"),
        Column("Cost of the place", "place_costs"),
        Column("Bursary", "bursary_amount"),
        Column("Employer pays", "employer_pays"),
        Column("If they leave", "get_after_leaving_display"),
        Column("Owed after leaving", lambda row: row.owed if row.still_owed else ""),
        Column("Sponsor", "sponsor_name"),
        Column("Sponsor's address", "sponsor_email"),
        Column("Finance contact", "finance_name"),
        Column("Finance contact's address", "finance_email"),
        Column("Purchase order", "purchase_order"),
        Column("Asked", "asked_at"),
        Column("Answered", "answered_at"),
    )

    employer_shown = column("Employer", lambda row: row.employer_display or "-", "employer__name")
    employer_and_levy = column("Employer", lambda row: f"{row.employer_display}{_levy(row)}" or "-", "employer__name")
    state = column("Status", "get_status_display", "status", AGREEMENT_COLOURS)
    fee = column("Fee", lambda row: pounds(row.amount) or "-", "amount")
    owed_shown = column("Owed after leaving", lambda row: pounds(row.owed) or "-", "owed")
    place_costs = column("Cost of the place", lambda row: pounds(row.place_costs), "cost")
    employer_share = column(
        "Employer pays", lambda row: pounds(row.employer_pays) if row.amount is not None else "-", "to_bill"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeeAgreement]:
        return super().get_queryset(request).for_steps().with_employer_pays()

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pdf = {
            "label": "Download the agreement",
            "url": reverse("admin:funding_feeagreement_pdf", args=[subject.pk]),
            "for_them": False,
        }
        return [*([pdf] if subject.is_settled else []), *super().buttons(request, subject)]

    @own_page("<int:pk>/agreement.pdf", "pdf")
    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = self.get_queryset(request).filter(status__in=SETTLED)
        return agreement_response(get_object_or_404(rows, pk=pk))

    @own_page("cohorts/", "cohorts")
    def cohorts_view(self, request: HttpRequest) -> HttpResponse:
        """The money of each cohort, and what is due to be invoiced: all that a finance officer may do starts here."""
        found = Cohort.objects.visible_to(request.user, self.see).select_related("programme").order_by("-starts_on")
        if not self.has_view_permission(request):
            raise Http404
        cohorts = Paginator(found, COHORTS).get_page(request.GET.get("page"))
        money = money_of_cohorts(list(cohorts))
        lines = [{"cohort": cohort, "money": money[cohort.pk]} for cohort in cohorts]
        may_decide = self.allows(request, issue.permission)
        shown = {"lines": lines, "cohorts": cohorts, "may_decide": may_decide}
        return self.page(request, "admin/funding/cohorts.html", title="Money by cohort", **shown)

    @own_page("issue/<int:cohort_id>/", "issue_due")
    def issue_due(self, request: HttpRequest, cohort_id: int) -> HttpResponse:
        """Every invoice of a cohort that is due, on the page that issues many."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.allows(request, issue.permission):
            raise Http404
        due = FeeAgreement.objects.visible_to(request.user, issue.permission).filter(cohort=cohort_id).to_invoice()
        return self.many_page(request, issue, list(due.order_by("pk").values_list("pk", flat=True)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Once invoiced, order number and address stand on the invoice and are kept."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "purchase_order", "billing_address"] if obj and obj.billed else fields

    @display(description="Invoice")
    def invoice_issued(self, row: FeeAgreement) -> str:
        lines = [
            (reverse("admin:funding_invoice_change", args=[one.pk]), one, one.standing.lower())
            for one in row.invoices.with_sums().for_steps()
        ]
        return format_html_join(BREAK, '<a class="su-link" href="{}">{}</a>, {}', lines) or "Not issued"

    @display(description="Terms")
    def terms_read(self, row: FeeAgreement) -> str:
        return render_to_string("admin/funding/terms.html", {"terms": row.terms}) if row.terms else "-"

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


@admin.register(FeeTerms)
class FeeTermsAdmin(ScopedAdmin):
    """Of a programme, and of cohorts that have others."""

    change_permission = CohortPermission.EDIT_PROGRAMMES
    list_display = ("programme", "cohort", "payer", "invoiced_when", "after_leaving")
    list_filter = (("payer", ChoicesDropdownFilter), ("after_leaving", ChoicesDropdownFilter))
    list_select_related = ("programme", "cohort", "fund")
    search_fields = ("programme__name", "cohort__name")
    fixed_fields = ("programme", "cohort")
    fieldsets = (
        ("Whose", {"fields": ("programme", "cohort")}),
        ("Who pays", {"fields": (("payer", "fund"), "invoiced_when", "text_for_oneself")}),
        ("What sponsors agree to", {"fields": ("text",)}),
        (
            "If the participant leaves",
            {"fields": (("after_leaving", "owed_of"), ("circumstances_days", "appeal_days"))},
        ),
    )
    export_columns = (
        Column("Programme", "programme__name"),
        Column("Cohort", "cohort__name"),
        Column("Who pays", "get_payer_display"),
        Column("Fund", "fund__name"),
        Column("Invoiced when", "invoiced_when"),
        Column("If they leave", "get_after_leaving_display"),
        Column("Owed then", "get_owed_of_display"),
        Column("Days to tell of circumstances", "circumstances_days"),
        Column("Days to appeal", "appeal_days"),
        Column("Text", "text"),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only internal funds of the programme pay for its places."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "fund" and field is not None:
            own = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            field.queryset = field.queryset.filter(route=Route.INTERNAL)
            if own and own.isdecimal():
                field.queryset = field.queryset.filter(programme__fee_terms=own)
        return field
