"""What money says on pages that are built from sections. A line manager is told nothing of it."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cohorts.models import Cohort, Enrolment, Programme
from cohorts.states import CohortStatus
from funding.models import BursaryRequest, FeeAgreement, FundingSource, Invoice
from funding.queries import money_of
from funding.states import SETTLED, Route
from steppingup.accounts.actors import holds
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.menu import Item
from steppingup.desk.menu import register as register_item
from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.site.sections import Section, register

Viewer = User | AnonymousUser


def cost_of_programme(*, subject: Programme, viewer: Viewer) -> dict[str, Any] | None:
    """The fee of the cohorts to come, and who else may pay (B36 to B38).

    Where the provider has written how the programme is funded, these words stand in place of ours about the funds."""
    coming = subject.cohorts.filter(status=CohortStatus.PUBLISHED, ends_on__gte=timezone.localdate())
    cohorts = list(coming.order_by("starts_on"))
    fees: dict[Decimal, list[str]] = {}
    for cohort in cohorts:
        fees.setdefault(cohort.fee, []).append(cohort.name)
    funds = list(FundingSource.objects.filter(programme=subject, is_open=True).prefetch_related("employers"))
    if not fees and not funds and not subject.how_it_is_funded:
        return None
    return {
        "words": subject.how_it_is_funded,
        "is_agreed_first": any(fees),
        "fees": [(fee, ", ".join(names) if len(fees) > 1 else "") for fee, names in fees.items()],
        "internal": [fund for fund in funds if fund.route == Route.INTERNAL],
        "bursaries": [fund for fund in funds if fund.route == Route.BURSARY],
    }


def own_fee(*, subject: Enrolment, viewer: Viewer) -> dict[str, Any] | None:
    """Who pays for the participant's place: for themselves, and for staff who see money."""
    provider = subject.cohort.programme.provider_id
    if viewer != subject.participant and not holds(viewer, Permission.SEE_MONEY, provider):
        return None
    agreement = (
        FeeAgreement.objects.filter(enrolment=subject, status__in=SETTLED).select_related("source", "employer").first()
    )
    return {"agreement": agreement} if agreement else None


def cohort_money(*, subject: Cohort, viewer: Viewer) -> dict[str, Any] | None:
    """Money at a glance, for staff who see it."""
    if not holds(viewer, Permission.SEE_MONEY, subject.programme.provider_id):
        return None
    return {
        "money": money_of(subject),
        "may_decide": holds(viewer, Permission.DECIDE_MONEY, subject.programme.provider_id),
    }


def money_to_do(*, subject: Any, viewer: Viewer) -> dict[str, Any] | None:
    """What waits for the finance officer: bursaries to decide, invoices to issue, invoices overdue."""
    if not isinstance(viewer, User) or not holds(viewer, Permission.SEE_MONEY):
        return None
    cohorts = Cohort.objects.for_staff(viewer, Permission.SEE_MONEY)
    bursaries = BursaryRequest.objects.waiting().filter(agreement__cohort__in=cohorts).count()
    to_invoice = FeeAgreement.objects.to_invoice().filter(cohort__in=cohorts).count()
    overdue = Invoice.objects.overdue().filter(agreement__cohort__in=cohorts).count()
    page = "admin:funding_{}_changelist".format
    request, requests = "bursary request waits for a decision", "bursary requests wait for a decision"
    return waiting(
        ToDo(bursaries, request, requests, page("bursaryrequest"), "status__exact=requested"),
        ToDo(to_invoice, "place to invoice", "places to invoice", page("feeagreement"), "billing=due"),
        ToDo(overdue, "invoice is overdue", "invoices are overdue", page("invoice"), "standing=overdue"),
    )


def register_sections() -> None:
    register(
        Section("programme", "money", 20, "funding/sections/programme.html", cost_of_programme, "How it is funded")
    )
    register(Section("participant", "money", 80, "funding/sections/participant.html", own_fee, "How it is funded"))
    register(Section("cohort_admin", "money", 60, "funding/sections/cohort_admin.html", cohort_money, "Money"))
    register(Section("dashboard", "money", 60, TEMPLATE, money_to_do, "Money"))
    see = Permission.SEE_MONEY
    for order, (title, icon, model) in enumerate(
        (
            ("Fee agreements", "handshake", "feeagreement"),
            ("Bursary requests", "volunteer_activism", "bursaryrequest"),
            ("Funds and pots", "savings", "fundingsource"),
            ("Invoices", "receipt_long", "invoice"),
            ("Invoice numbers", "tag", "invoiceseries"),
            ("Terms of the fee", "gavel", "feeterms"),
        )
    ):
        register_item(Item("Money", title, icon, f"admin:funding_{model}_changelist", (order + 1) * 10, see))
