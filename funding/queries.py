"""Questions about fees, funds and invoices that take more than one of their tables."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from cohorts.models import Cohort
from funding.models import FeeAgreement, FundingSource, Invoice, Payment
from funding.models.agreement import NOTHING
from funding.states import SETTLED, AgreementStatus, Route
from steppingup.accounts.models import User


def agreement_of(person: User | int, cohort: Cohort | int) -> FeeAgreement | None:
    """The fee agreement of this person's place on this cohort. There is one at most, from the first draft of an
    application to the end of the enrolment, and this is how both find it."""
    return FeeAgreement.objects.filter(person=person, cohort=cohort).select_related("employer", "source").first()


def funds_for(agreement: FeeAgreement) -> list[FundingSource]:
    """The open internal funds that pay for staff of this employer (B37)."""
    funds = FundingSource.objects.filter(
        programme=agreement.cohort.programme_id, route=Route.INTERNAL, is_open=True
    ).prefetch_related("employers")
    return [fund for fund in funds if fund.pays_for(agreement.employer)]


def pots_for(agreement: FeeAgreement) -> models.QuerySet[FundingSource]:
    """The open bursaries of the programme (B38)."""
    return FundingSource.objects.filter(programme=agreement.cohort.programme_id, route=Route.BURSARY, is_open=True)


def money_of(cohort: Cohort) -> dict[str, Any]:
    """The cohort's money at a glance, in pounds: agreed by whom, outstanding, invoiced, paid, overdue.

    What is owed is of participants; applicants whose fee is agreed count only as `agreed`, as none of them may get a place."""
    agreements = FeeAgreement.objects.filter(cohort=cohort)
    sums = (
        agreements.of_participants()
        .with_employer_pays()
        .aggregate(
            places=models.Count("pk"),
            employer=Coalesce(Sum("to_bill"), NOTHING),
            internal=Coalesce(Sum("amount", filter=Q(route=Route.INTERNAL)), NOTHING),
            bursary=Coalesce(Sum("bursary_amount"), NOTHING),
        )
    )
    sums |= agreements.aggregate(
        waiting=models.Count("pk", filter=Q(status__in=(AgreementStatus.ASKED, AgreementStatus.BURSARY_ASKED))),
        agreed=models.Count("pk", filter=Q(status__in=SETTLED, enrolment=None)),
    )
    invoices = Invoice.objects.filter(agreement__cohort=cohort)
    sums["invoiced"] = invoices.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    payments = Payment.objects.filter(invoice__agreement__cohort=cohort)
    sums["paid"] = payments.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    return sums | {
        "overdue": sum((invoice.outstanding for invoice in invoices.overdue().with_paid()), Decimal(0)),
        "outstanding": sums["invoiced"] - sums["paid"],
        "to_invoice": sums["employer"] - sums["invoiced"],
    }
