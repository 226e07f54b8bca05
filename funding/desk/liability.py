"""Cases of what is owed after leaving: what was told, with its evidence for those who decide, and what was decided."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.desk.filters import CohortFilter
from funding.desk.common import BREAK, DecidedAdmin, EmployerOfAgreementFilter, link_to
from funding.models import Evidence, FeeAgreement, LiabilityCase
from funding.permissions import MoneyPermission
from funding.rules import OwedOf
from steppingup.accounts.scope import may_see
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.uploads import open_upload
from steppingup.formats.english import day_date, pounds, when
from steppingup.site.export import Column

COLOURS = {
    "Waiting for circumstances": "info",
    "Circumstances to decide": "warning",
    "Decided, can be appealed": "info",
    "Appeal to decide": "warning",
    "Owed": "danger",
    "Waived": "success",
}
INVOICED = {
    "to_invoice": ("To be invoiced", lambda rows: rows.to_invoice()),
    "undecided": ("Not settled yet", lambda rows: rows.undecided()),
}


def _person(who: Any) -> str:
    return str(who or "")


def rule_of_leaving(agreement: FeeAgreement) -> str:
    """As the terms have it that were signed."""
    said = agreement.get_after_leaving_display()
    if agreement.owed_of == OwedOf.COST:
        said = said.replace("The fee", "The cost of the place").replace("A share is", "A share of the cost is")
    return said


@admin.register(LiabilityCase)
class LiabilityCaseAdmin(DecidedAdmin):
    list_display = ("person", "employer", "cohort", "left", "assessed_pounds", "owed_pounds", "state", "until")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        CohortFilter,
        EmployerOfAgreementFilter,
        choose("what comes next", "next", INVOICED),
    )
    search_fields = ("agreement__person__full_name", "agreement__employer__name", "agreement__employer_name")
    fieldsets = (
        ("Who left", {"fields": ("person", "employer", "cohort", "left", "fee_agreement", "state")}),
        ("What is owed", {"fields": ("assessed_pounds", "owed_pounds", "rule", "until", "invoices_issued")}),
        ("What was told", {"fields": ("told",)}),
        ("The decision", {"fields": ("outcome", "reason", "decided_at", "decided_by")}),
        (
            "The appeal",
            {"fields": ("appeal_outcome", "appeal_reason", "appeal_decided_at", "appeal_decided_by")},
        ),
        ("Emails", {"fields": ("emails",)}),
    )
    readonly_fields = (
        *("person", "employer", "cohort", "left", "fee_agreement", "state", "assessed_pounds", "owed_pounds"),
        *("rule", "until", "invoices_issued", "told", "outcome", "reason", "decided_at", "decided_by"),
        *("appeal_outcome", "appeal_reason", "appeal_decided_at", "appeal_decided_by", "emails"),
    )
    export_columns = (
        Column("Participant", "agreement__person__full_name"),
        Column("Employer", "agreement__employer_display"),
        Column("Programme", "agreement__cohort__programme__name"),
        Column("Cohort", "agreement__cohort__name"),
        Column("Last day", "left_on"),
        Column("By the terms", "assessed"),
        Column("Owed", "owed"),
        Column("Status", "get_status_display"),
        Column("Opened", "opened_at"),
        Column("Circumstances until", "ask_until"),
        Column("Decision", "get_outcome_display"),
        Column("Reason", "reason"),
        Column("Decided", "decided_at"),
        Column("Decided by", lambda row: _person(row.decided_by)),
        Column("Appeal until", "appeal_until"),
        Column("Decision about the appeal", "get_appeal_outcome_display"),
        Column("Reason for that", "appeal_reason"),
        Column("Appeal decided", "appeal_decided_at"),
        Column("Appeal decided by", lambda row: _person(row.appeal_decided_by)),
        Column("Settled", "ended_at"),
    )

    person = column("Participant", "agreement__person", "agreement__person__full_name")
    employer = column("Employer", lambda row: row.agreement.employer_display or "-")
    cohort = column("Cohort", "agreement__cohort")
    left = column("Last day", lambda row: day_date(row.left_on), "left_on")
    assessed_pounds = column("By the terms", lambda row: pounds(row.assessed), "assessed")
    owed_pounds = column("Owed", lambda row: pounds(row.owed), "owed")
    state = column("Status", "get_status_display", "status", COLOURS)
    until = column("Until", lambda row: day_date(row.appeal_until or row.ask_until), "ask_until")
    rule = column("Rule in the terms", lambda row: rule_of_leaving(row.agreement))
    fee_agreement = column("Fee agreement", lambda row: link_to(row.agreement))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiabilityCase]:
        return super().get_queryset(request).for_steps().select_related("decided_by", "appeal_decided_by")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was told is for those who decide, and for nobody else."""
        found = super().get_fieldsets(request, obj)
        if obj and may_see(request.user, obj, MoneyPermission.DECIDE_MONEY):
            return found
        return [one for one in found if one[0] != "What was told"]

    @display(description="What was told")
    def told(self, row: LiabilityCase) -> str:
        statements = row.statements.prefetch_related("evidence__file")
        return render_to_string("admin/funding/told.html", {"case": row, "statements": statements})

    @display(description="Invoices")
    def invoices_issued(self, row: LiabilityCase) -> str:
        lines = [
            (reverse("admin:funding_invoice_change", args=[one.pk]), one, pounds(one.amount), when(one.issued_on))
            for one in row.agreement.invoices.select_related("series")
        ]
        return format_html_join(BREAK, '<a class="su-link" href="{}">{}</a>, {}, {}', lines) or "None"

    @own_page("<int:pk>/evidence/<int:evidence>/", "evidence")
    def evidence_view(self, request: HttpRequest, pk: int, evidence: int) -> HttpResponseBase:
        """Only for those who decide; never about oneself."""
        rows = Evidence.objects.visible_to(request.user, MoneyPermission.DECIDE_MONEY).select_related("file")
        return open_upload(self, request, get_object_or_404(rows, statement__case=pk, pk=evidence).file)
