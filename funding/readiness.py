"""What a cohort with a fee needs, so that it is agreed and paid (cohorts.readiness)."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.readiness import Point, role_point
from funding.models import FeeTerms, InvoiceSeries
from funding.permissions import MoneyPermission


def of_money(cohort: Cohort) -> list[Point]:
    """Nothing where the place costs nobody anything."""
    if not cohort.fee:
        return []
    own = Q(cohort=OuterRef("pk")) | Q(cohort=None)
    there = Cohort.objects.filter(pk=cohort.pk).values_list(
        Exists(FeeTerms.objects.filter(own, programme=OuterRef("programme"))),
        Exists(InvoiceSeries.objects.filter(provider=OuterRef("programme__provider"))),
    )
    terms, series = there.get()
    add_terms = f"{reverse('admin:funding_feeterms_add')}?programme={cohort.programme_id}"
    add_series = f"{reverse('admin:funding_invoiceseries_add')}?provider={cohort.programme.provider_id}"
    page, numbers = reverse("admin:funding_feeterms_changelist"), reverse("admin:funding_invoiceseries_changelist")
    edit, decide = CohortPermission.EDIT_PROGRAMMES, MoneyPermission.DECIDE_MONEY
    return [
        Point("Terms of the fee", terms, "sponsors do not know what they agree to", page if terms else add_terms, edit),
        Point("Invoice numbers", series, "no invoice can be sent", numbers if series else add_series, decide),
    ]


def of_finance(cohort: Cohort) -> list[Point]:
    if not cohort.fee:
        return []
    decide = MoneyPermission.DECIDE_MONEY
    return [role_point(cohort, "A finance officer", decide, "nobody decides bursaries and sends invoices")]
