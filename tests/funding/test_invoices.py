"""Invoices have numbers without gaps, are frozen, and are paid by entries that are only added."""

import io
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.planning.bank_holidays import working_day
from funding.actions import agreements as act
from funding.actions import invoices
from funding.documents import invoice_pdf
from funding.models import FeeAgreement, FundingSource, Invoice, InvoiceSeries
from funding.models.agreement import NO_ORDER_NUMBER
from funding.rules import year_of
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.funding import (
    AgreementFactory,
    FundFactory,
    InvoiceSeriesFactory,
    agreed,
    bursary_asked,
    granted,
    issued,
    taken_up,
)
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def officer(agreement):
    return staff(RoleName.FINANCE, agreement.provider)


def test_an_invoice_has_its_number_order_number_and_day_and_is_sent_by_a_link():
    invoice = issued()
    assert invoice.reference == f"SU-{year_of(invoice.issued_on, 'financial')}-00001"
    assert (invoice.amount, invoice.purchase_order) == (1000, "PO 4711")
    assert invoice.due_on == working_day(invoice.issued_on + timedelta(days=30))
    message = Message.objects.get(kind="funding.invoice")
    assert message.to_email == "jo@employer.example"
    assert "/invoices/" not in message.text  # the link is private


def test_there_is_nothing_to_invoice_before_the_place_is_taken_up_or_where_a_fund_pays():
    agreement = agreed()
    InvoiceSeriesFactory(provider=agreement.provider)
    with pytest.raises(NotPossible, match="does not have a place"):
        invoices.issue(agreement=agreement, by=officer(agreement))
    internal = AgreementFactory(cohort=agreement.cohort)
    act.settle_internally(agreement=internal, source=FundFactory(programme=internal.cohort.programme), by=SYSTEM)
    with pytest.raises(NotPossible, match="employer pays nothing"):
        invoices.issue(agreement=internal, by=officer(agreement))


def test_a_place_is_invoiced_once_and_only_by_a_finance_officer():
    agreement = taken_up()
    with pytest.raises(NotAllowed):
        invoices.issue(agreement=agreement, by=staff(RoleName.COORDINATOR, agreement.provider))
    invoices.issue(agreement=agreement, by=officer(agreement))
    with pytest.raises(NotPossible, match="already"):
        invoices.issue(agreement=agreement, by=officer(agreement))
    assert not FeeAgreement.objects.to_invoice().exists()


def test_an_employer_who_pays_a_penny_gets_an_invoice_for_it():
    agreement = taken_up(cohort__fee=Decimal("0.01"))
    assert FeeAgreement.objects.to_invoice().get() == agreement
    invoice = invoices.issue(agreement=agreement, by=officer(agreement))
    assert invoice.amount == Decimal("0.01")


@pytest.mark.parametrize(
    ("field", "value"), [("amount", 1), ("number", 9), ("bill_to", "Me"), ("due_on", "2030-01-01")]
)
def test_an_issued_invoice_is_kept_by_the_database(field, value):
    invoice = issued()
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{field: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceSeries.objects.update(prefix="X-")
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceSeries.objects.update(last_number=0)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_without_a_gap_though_some_fail():
    first = taken_up()
    places = [first, *(taken_up(cohort=first.cohort) for _ in range(19))]

    def fail() -> None:
        """Takes a number, and gives it back with everything else."""
        with transaction.atomic():
            invoices.issue(agreement=places[0], by=SYSTEM)
            raise InterruptedError

    issuing = [partial(invoices.issue, agreement=agreement, by=SYSTEM) for agreement in places[1:]]
    outcomes = Counter(type(outcome) for outcome in at_once([fail, fail, *issuing, fail]))
    assert outcomes == {Invoice: 19, InterruptedError: 3}
    invoices.issue(agreement=FeeAgreement.objects.get(pk=first.pk), by=SYSTEM)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 21))


def test_an_invoice_is_overdue_the_day_after_it_was_due():
    invoice = issued()
    assert not Invoice.objects.overdue(invoice.due_on).exists()
    assert Invoice.objects.overdue(invoice.due_on + timedelta(days=1)).get() == invoice


def test_the_pdf_says_what_the_row_says_and_can_be_read_aloud():
    invoice = issued(person__full_name="Zoë Ångström-Okafor")
    reader = PdfReader(io.BytesIO(invoice_pdf(invoice)))
    text = " ".join(reader.pages[0].extract_text().split())
    for words in (invoice.reference, "PO 4711", "£1,000", "Zoë Ångström-Okafor", "sort code 00-00-00", "1 Quay Street"):
        assert words in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.pages) == 1


@pytest.mark.requirement("B38")
def test_the_pdf_says_the_fee_and_what_a_bursary_takes_off_it():
    request = bursary_asked()
    by = officer(request.agreement)
    granted(request=request, source=FundingSource.objects.get(), amount=Decimal(400), reason="Small.", by=by)
    invoice = invoices.issue(agreement=taken_up(agreement=request.agreement), by=by)
    text = " ".join(PdfReader(io.BytesIO(invoice_pdf(invoice))).pages[0].extract_text().split())
    assert invoice.amount == 600
    cohort = invoice.agreement.cohort
    assert (
        invoice.description == f"{cohort.programme}, {cohort.name}: place of {invoice.agreement.person}, less a bursary"
    )
    for words in ("£1,000.00", "−£400.00", "To pay £600.00"):
        assert words in text
    assert f"place of {invoice.agreement.person} £1,000.00 Less the bursary −£400.00" in text


def test_emails_about_an_invoice_name_its_order_number_or_say_that_there_is_none():
    invoice = issued()
    assert invoice.message_facts["purchase_order"] == "PO 4711"
    invoice.purchase_order = ""
    assert invoice.message_facts["purchase_order"] == NO_ORDER_NUMBER
