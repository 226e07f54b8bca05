"""The table of refusals: agreements, funds, invoices and payments."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.test import RequestFactory

from funding.actions import agreements, invoices, payments, taking_up
from funding.models import FundingSource, Payment
from tests.factories import funding as money
from tests.sweeps.refusals import change, refusal
from tests.sweeps.world import World


@refusal("Enter an email address, such as name@example.org")
def a_sponsor_without_an_address(w: World) -> Any:
    given = {"sponsor_name": "Sam", "sponsor_email": "sam at example"}
    return agreements.ask(agreement=w.asked, by=w.coordinator, **given)


@refusal("does not pay for places on")
def a_fund_of_another_programme(w: World) -> Any:
    return agreements.settle_internally(agreement=w.asked, source=money.FundFactory(), by=w.coordinator)


@refusal("does not pay for places on")
def a_bursary_instead_of_a_fund(w: World) -> Any:
    pot = money.PotFactory(programme=w.programme)
    return agreements.settle_internally(agreement=w.asked, source=pot, by=w.coordinator)


@refusal("Nobody has agreed to pay for this place yet.")
def a_place_whose_fee_is_not_settled(w: World) -> Any:
    agreement = money.AgreementFactory(cohort=w.running, person=w.alone.participant)
    return taking_up.attach_enrolment(agreement=agreement, enrolment=w.alone)


@refusal("First set up the invoice numbers and bank details")
def an_invoice_without_a_series(w: World) -> Any:
    agreement = money.taken_up()
    agreement.provider.invoice_series.delete()
    return invoices.issue(agreement=agreement, by=w.superuser)


@refusal("There is no email address to send this invoice to.")
def an_invoice_that_nobody_gets(w: World) -> Any:
    invoice = type(w.invoice).objects.get(pk=w.invoice.pk)
    invoice.agreement = change(w.agreement, sponsor_email="")
    return invoices.send_again(invoice=invoice, by=w.finance)


@refusal("There is no payment to take back.")
def take_back_where_nothing_was_paid(w: World) -> Any:
    return payments.take_back(invoice=money.issued(), payment=Payment(), reason="No.", by=w.superuser)


@refusal("£2,000 has already been promised, so the budget cannot be less.")
def a_budget_below_what_was_promised_meanwhile(w: World) -> Any:
    fund = change(w.fund, committed=Decimal(2000))
    fund.budget = Decimal("1999.99")
    request = RequestFactory().post("/")
    return admin.site._registry[FundingSource].save_model(request, fund, None, True)
