"""Money that moves, for tests: invoices of one payer, payments and credit notes, with little to say about each."""

from decimal import Decimal

from django.utils import timezone

from applications.roles import RoleName
from funding.actions import credits, payments
from funding.models import CreditNote, Invoice, Payment
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.funding import AgreementFactory, issued

TODAY = timezone.localdate


def officer(invoice: Invoice):
    return staff(RoleName.FINANCE, invoice.agreement.provider)


def same_payer(number: int = 2) -> list[Invoice]:
    """Invoices to one employer, of £1,000 each."""
    employer, cohort = OrganisationFactory(), RunningCohortFactory(fee=1000)
    return [issued(agreement=AgreementFactory(cohort=cohort, employer=employer)) for _ in range(number)]


def pay(invoice: Invoice, amount, **more) -> Payment:
    by = more.pop("by", None) or officer(invoice)
    return payments.record(invoice=invoice, amount=Decimal(amount), on=more.pop("on", TODAY()), by=by, **more)


def again(invoice: Invoice) -> Invoice:
    return Invoice.objects.with_sums().get(pk=invoice.pk)


def credit(invoice: Invoice, amount, **more) -> CreditNote:
    by = more.pop("by", None) or officer(invoice)
    return credits.credit(invoice=invoice, amount=Decimal(amount), reason="A mistake.", by=by)
