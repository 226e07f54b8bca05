"""Questions about fees, funds and invoices, with names from the domain.

Imports no models of its own app, so that those can use these QuerySets as managers."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Cohort
from funding.states import SETTLED, AgreementStatus, BursaryStatus, InvoiceStatus, Route
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission

if TYPE_CHECKING:
    from funding.models import BursaryRequest, FeeAgreement, FundingSource, Invoice

POUNDS = models.DecimalField(max_digits=12, decimal_places=2)
NOTHING = Value(Decimal(0), output_field=POUNDS)


class AgreementQuerySet(models.QuerySet["FeeAgreement"]):
    def for_staff(self, user: User, permission: Permission) -> Self:
        return self.filter(cohort__in=Cohort.objects.for_staff(user, permission))

    def settled(self) -> Self:
        return self.filter(status__in=SETTLED)

    def asked_between(self, start: date, end: date) -> Self:
        """Sponsors who were asked on one of these days (London's) and have not answered."""
        return self.filter(status=AgreementStatus.ASKED, asked_at__date__range=(start, end))

    def with_employer_pays(self) -> Self:
        """Adds `to_bill`: pounds that the employer of a settled place pays."""
        billed = Q(status__in=SETTLED) & ~Q(route=Route.INTERNAL)
        return self.annotate(
            to_bill=models.Case(
                models.When(billed, then=F("amount") - F("bursary_amount")), default=NOTHING, output_field=POUNDS
            )
        )

    def to_invoice(self) -> Self:
        """Settled places that are taken up, whose employer pays something, and that were not invoiced yet."""
        return self.with_employer_pays().filter(to_bill__gt=0, enrolment__isnull=False, invoice=None)

    def with_everything(self) -> Self:
        """What a list or a page of agreements shows, in one query."""
        return self.select_related(
            "person", "employer", "cohort__programme__provider", "source", "enrolment", "invoice__series"
        )


class BursaryQuerySet(models.QuerySet["BursaryRequest"]):
    def waiting(self) -> Self:
        return self.filter(status=BursaryStatus.REQUESTED)


class FundingSourceQuerySet(models.QuerySet["FundingSource"]):
    def open_bursaries(self) -> Self:
        return self.filter(is_open=True, route=Route.BURSARY)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def with_paid(self) -> Self:
        """Adds `paid`: pounds received, less what was taken back."""
        return self.annotate(paid=Coalesce(Sum("payments__amount"), NOTHING))

    def unpaid(self) -> Self:
        return self.filter(status=InvoiceStatus.ISSUED)

    def overdue(self, today: date | None = None) -> Self:
        """Due before today, and not wholly paid."""
        return self.unpaid().filter(due_on__lt=today or timezone.localdate())

    def due_between(self, start: date, end: date) -> Self:
        return self.unpaid().filter(due_on__range=(start, end))


def is_settled(*, person: User, cohort: Cohort) -> bool:
    """Is it agreed who pays for this person's place (B36)?"""
    from funding.models import FeeAgreement

    return FeeAgreement.objects.settled().filter(person=person, cohort=cohort).exists()


def money_of(cohort: Cohort) -> dict[str, Any]:
    """The cohort's money at a glance, in pounds, in three queries: agreed by whom, outstanding, invoiced, paid, overdue."""
    from funding.models import FeeAgreement, Invoice, Payment

    agreements = FeeAgreement.objects.filter(cohort=cohort)
    settled = Q(status__in=SETTLED)
    sums = agreements.aggregate(
        places=models.Count("pk", filter=settled),
        waiting=models.Count("pk", filter=Q(status__in=(AgreementStatus.ASKED, AgreementStatus.BURSARY_ASKED))),
        employer=Coalesce(Sum(F("amount") - F("bursary_amount"), filter=settled & ~Q(route=Route.INTERNAL)), NOTHING),
        internal=Coalesce(Sum("amount", filter=settled & Q(route=Route.INTERNAL)), NOTHING),
        bursary=Coalesce(Sum("bursary_amount", filter=settled), NOTHING),
    )
    invoices = Invoice.objects.filter(agreement__cohort=cohort)
    sums["invoiced"] = invoices.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    payments = Payment.objects.filter(invoice__agreement__cohort=cohort)
    sums["paid"] = payments.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    late = invoices.overdue().with_paid()
    sums["overdue"] = sum((invoice.outstanding for invoice in late), Decimal(0))
    sums["outstanding"] = sums["invoiced"] - sums["paid"]
    sums["to_invoice"] = sums["employer"] - sums["invoiced"]
    return sums
