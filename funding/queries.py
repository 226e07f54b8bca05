"""Questions about fees, funds and invoices that take more than one of their tables."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from cohorts.models import Cohort
from funding.models import Commitment, FeeAgreement, FundingSource, Invoice
from funding.models.agreement import NOTHING, POUNDS
from funding.states import SETTLED, AgreementStatus, Route
from steppingup.accounts.models import User

#: What funds and pots have promised to an agreement, less what has gone back to them.
SET_ASIDE = Subquery(
    Commitment.objects.filter(agreement=OuterRef("pk"))
    .order_by()
    .values("agreement")
    .annotate(s=Sum("amount"))
    .values("s"),
    output_field=POUNDS,
)
#: As `FeeAgreement.paid_instead`.
INSTEAD = Case(When(amount=0, then=F("cost")), default=F("amount"), output_field=POUNDS)


def agreement_of(person: User | int, cohort: Cohort | int) -> FeeAgreement | None:
    """The fee agreement of this person's place on this cohort. There is one at most, from the first draft of an
    application to the end of the enrolment, and this is how both find it."""
    return FeeAgreement.objects.filter(person=person, cohort=cohort).first()


def waiting_for_sponsors(cohort: Cohort) -> models.QuerySet[FeeAgreement]:
    """Those of the cohort whose sponsor was asked and has not answered."""
    asked = FeeAgreement.objects.filter(cohort=cohort, status=AgreementStatus.ASKED, self_paid=False)
    return asked.select_related("person", "employer", "cohort__programme__provider", "cohort__plan")


def funds_for(agreement: FeeAgreement) -> list[FundingSource]:
    """The open internal funds that pay for staff of this employer (B37)."""
    funds = FundingSource.objects.filter(
        programme=agreement.cohort.programme_id, route=Route.INTERNAL, is_open=True
    ).prefetch_related("employers")
    return [fund for fund in funds if fund.pays_for(agreement.employer)]


def pots_of(cohort: Cohort) -> models.QuerySet[FundingSource]:
    """The open bursaries of the cohort's programme (B38)."""
    return FundingSource.objects.filter(programme=cohort.programme_id, route=Route.BURSARY, is_open=True)


def pots_for(agreement: FeeAgreement) -> models.QuerySet[FundingSource]:
    """As `pots_of`."""
    return pots_of(agreement.cohort)


def money_of(cohort: Cohort) -> dict[str, Any]:
    """The cohort's money at a glance, in pounds: agreed by whom, invoiced, credited, paid, outstanding, overdue."""
    return money_of_cohorts([cohort])[cohort.pk]


def money_of_cohorts(cohorts: Sequence[Cohort]) -> dict[int, dict[str, Any]]:
    """The same for each, by the cohorts' keys, in four queries however many they are.

    What is owed is of participants; applicants whose fee is agreed count only as `agreed`, as none of them may get a place."""
    agreements = FeeAgreement.objects.filter(cohort__in=cohorts).order_by()
    asked = Q(status__in=(AgreementStatus.ASKED, AgreementStatus.BURSARY_ASKED))
    parts = (
        agreements.of_participants()
        .with_employer_pays()
        .values("cohort")
        .annotate(
            places=Count("pk"),
            employer=Coalesce(Sum("to_bill"), NOTHING),
            internal=Coalesce(Sum(SET_ASIDE, filter=Q(route=Route.INTERNAL)), NOTHING),
            borne=Coalesce(Sum(INSTEAD, filter=Q(route=Route.PROVIDER)), NOTHING),
            bursary=Coalesce(Sum(SET_ASIDE, filter=~Q(route=Route.INTERNAL)), NOTHING),
        ),
        agreements.values("cohort").annotate(
            waiting=Count("pk", filter=asked),
            agreed=Count("pk", filter=Q(status__in=SETTLED, enrolment=None)),
        ),
        agreements.to_invoice().values("cohort").annotate(to_invoice=Coalesce(Sum("to_bill"), NOTHING)),
    )
    invoices = _invoices_of(cohorts)
    by_cohort: dict[int, list[Invoice]] = {cohort.pk: [] for cohort in cohorts}
    for invoice in invoices:
        by_cohort[invoice.agreement.cohort_id].append(invoice)
    money = {cohort.pk: {**NO_MONEY, **_of_invoices(by_cohort[cohort.pk])} for cohort in cohorts}
    for rows in parts:
        for row in rows:
            money[row["cohort"]].update(row)
    return money


def _invoices_of(cohorts: Sequence[Cohort]) -> Iterable[Invoice]:
    return Invoice.objects.filter(agreement__cohort__in=cohorts).with_sums().select_related("agreement")


def invoiced_of(cohort: Cohort) -> dict[str, Decimal]:
    """What was invoiced of a cohort, received, and is outstanding and overdue: its money in one query."""
    return _of_invoices(list(_invoices_of([cohort])))


#: Of a cohort for which nobody has agreed anything.
NO_MONEY: dict[str, Any] = {
    **dict.fromkeys(("places", "waiting", "agreed"), 0),
    **dict.fromkeys(("employer", "internal", "borne", "bursary", "to_invoice"), Decimal(0)),
}


def _of_invoices(invoices: Sequence[Invoice]) -> dict[str, Decimal]:
    owed = [one for one in invoices if one.is_owed]
    return {
        "invoiced": _total(one.amount for one in invoices),
        "credited": _total(one.credited for one in invoices),
        "written_off": _total(one.written_off for one in invoices),
        "paid": _total(one.received for one in invoices),
        "refunded": _total(one.refunded for one in invoices),
        "outstanding": _total(one.outstanding for one in owed),
        "overdue": _total(one.outstanding for one in owed if one.is_overdue),
        "on_account": _total(one.on_account for one in invoices),
        "not_owed": _total(one.outstanding for one in invoices if not one.is_owed),
    }


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def fees_agreed(cohorts: Collection[int]) -> Decimal:
    """What was agreed for places that were taken on these cohorts, in pounds, whoever pays it; of places that are free to
    others, what somebody bears instead."""
    taken = FeeAgreement.objects.filter(enrolment__cohort__in=cohorts, amount__isnull=False)
    return taken.aggregate(sum=Sum(INSTEAD))["sum"] or Decimal(0)
