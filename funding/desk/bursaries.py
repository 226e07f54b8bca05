"""Requests for bursaries: seen with what is left in the pots, decided by finance officers, with a reason (B38)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from cohorts.desk.filters import CohortFilter
from funding.desk.common import DecidedAdmin, EmployerOfAgreementFilter
from funding.models import BursaryRequest
from steppingup.accounts.models import Organisation
from steppingup.desk.lists import column
from steppingup.formats.english import pounds
from steppingup.site.export import Column

COLOURS = {"Requested": "warning", "Waiting for a second person": "warning", "Granted": "success", "Refused": "danger"}


def _kind(employer: Organisation | None) -> str:
    levy = ", pays the apprenticeship levy" if employer and employer.is_levy_payer else ""
    return f"{employer.get_kind_display()}{levy}" if employer else "Not on the list of organisations"


@admin.register(BursaryRequest)
class BursaryRequestAdmin(DecidedAdmin):
    list_display = ("person", "employer", "cohort", "requested_at", "state", "granted", "source")
    list_filter = (("status", ChoicesDropdownFilter), CohortFilter, EmployerOfAgreementFilter)
    search_fields = ("agreement__person__full_name", "agreement__employer__name", "agreement__employer_name", "reason")
    fields = readonly_fields = (
        *("person", "employer", "kind", "cohort", "fee", "sponsor", "reason", "requested_at", "state"),
        *("proposed_outcome", "proposed_by", "proposed_at"),
        *("source", "granted", "decision_reason", "decided_at", "decided_by", "emails"),
    )
    export_columns = (
        Column("Applicant", "agreement__person__full_name"),
        Column("Employer", "agreement__employer_display"),
        Column("Cohort", "agreement__cohort__name"),
        Column("Why", "reason"),
        Column("Requested", "requested_at"),
        Column("Status", "get_status_display"),
        Column("Pot", "source__name"),
        Column("Pounds", "amount"),
        Column("Reason for the decision", "decision_reason"),
        Column("Proposed", "get_proposed_outcome_display"),
        Column("Proposed by", lambda row: str(row.proposed_by or "")),
        Column("Decided", "decided_at"),
        Column("Decided by", lambda row: str(row.decided_by or "")),
    )

    person = column("Applicant", "agreement__person", "agreement__person__full_name")
    employer = column("Employer", lambda row: row.agreement.employer_display or "-")
    kind = column("Kind of employer", lambda row: _kind(row.agreement.employer))
    cohort = column("Cohort", "agreement__cohort")
    fee = column("Fee", lambda row: pounds(row.agreement.fee))
    sponsor = column("Sponsor", lambda row: f"{row.agreement.sponsor_name}, {row.agreement.sponsor_email}")
    state = column("Status", "get_status_display", "status", COLOURS)
    granted = column("Granted", lambda row: pounds(row.amount) or "-", "amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BursaryRequest]:
        return super().get_queryset(request).for_steps().select_related("source", "decided_by")
