"""Whoever left comes back, or never left: the fee, the bursary and the invoice follow, and whoever pays reads what is owed."""

from decimal import Decimal

import pgtrigger
import pytest
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import cohorts, enrolments
from cohorts.models import Enrolment
from funding.actions import agreements as act
from funding.actions import anew, credits, invoices, liability, payments
from funding.models import FeeAgreement, FundingSource, Invoice
from funding.rules import AfterLeaving
from funding.states import AgreementStatus
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.funding import AgreementFactory, agreed, bursary_asked, granted, taken_up
from tests.funding.test_endings import finance, leave, told, under

pytestmark = pytest.mark.django_db


def left_and_back(rule: str):
    """Withdrawn, with an invoice sent, and back on the programme."""
    agreement = taken_up(agreement=under(rule, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    leave(agreement)
    enrolments.come_back(enrolment=Enrolment.objects.get(pk=agreement.enrolment_id), by=SYSTEM)
    return FeeAgreement.objects.get(pk=agreement.pk), Invoice.objects.get(pk=invoice.pk)


def test_whoever_owed_the_fee_after_leaving_and_came_back_owes_it_for_the_place_as_before():
    agreement, invoice = left_and_back(AfterLeaving.WHOLE)
    assert (agreement.status, agreement.still_owed, invoice.is_owed) == (AgreementStatus.AGREED, False, True)
    officer = finance(agreement)
    assert not liability.decide.is_offered(officer, agreement.liability_cases.get())
    assert not FeeAgreement.objects.to_settle().exists()
    leave(agreement)  # once more: it is owed again
    agreement.refresh_from_db()
    assert agreement.still_owed
    enrolments.come_back(enrolment=Enrolment.objects.get(pk=agreement.enrolment_id), by=SYSTEM)
    cohorts.cancel(cohort=agreement.cohort, by=SYSTEM)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.still_owed) == (AgreementStatus.RELEASED, False)


def test_a_place_that_is_taken_again_is_paid_for_anew_once_the_old_invoice_is_credited():
    agreement, invoice = left_and_back(AfterLeaving.NOTHING)
    officer = finance(agreement)
    assert (agreement.status, invoice.is_owed) == (AgreementStatus.RELEASED, False)
    with pytest.raises(NotPossible, match=f"Invoice {invoice} stands for this place"):
        anew.begin_again(agreement=agreement, by=officer)
    credits.credit(invoice=invoice, amount=invoice.amount, reason="They left.", by=officer)
    anew.begin_again(agreement=FeeAgreement.objects.get(pk=agreement.pk), by=officer)
    request = bursary_asked(FeeAgreement.objects.get(pk=agreement.pk))
    pot = FundingSource.objects.get(route="bursary")
    granted(request=request, source=pot, amount=Decimal(400), reason="Half of it.", by=officer)
    assert not Invoice.objects.unpaid().exists()
    agreed(FeeAgreement.objects.get(pk=agreement.pk))
    again = invoices.issue(agreement=FeeAgreement.objects.get(pk=agreement.pk), by=SYSTEM)
    assert (again.amount, list(Invoice.objects.unpaid())) == (Decimal(600), [again])


def test_finance_hears_that_somebody_is_back_and_what_is_to_be_done_about_the_money():
    agreement = taken_up(agreement=under(AfterLeaving.NOTHING, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    officer, invoice = finance(agreement), invoices.issue(agreement=agreement, by=SYSTEM)
    leave(agreement)
    enrolments.come_back(enrolment=Enrolment.objects.get(pk=agreement.enrolment_id), by=SYSTEM)
    letter = told("settled")[0]
    assert letter.to == officer
    assert f"Invoice {invoice} is no longer owed, as we wrote when they left: issue a credit note." in letter.text
    assert "begin the fee agreement again" in letter.text


def test_a_certified_place_was_had_whether_it_was_completed_or_not():
    agreement = taken_up(cohort=RunningCohortFactory(fee=1000))
    with pgtrigger.ignore():
        Enrolment.objects.filter(pk=agreement.enrolment_id).update(
            status="not_completed", not_completed_at=timezone.now()
        )
    cohorts.cancel(cohort=agreement.cohort, by=SYSTEM)
    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.AGREED


def payer_reads(agreement: FeeAgreement) -> str:
    coordinator = staff(RoleName.COORDINATOR, agreement.provider)
    taking = Taking.objects.standing().on(Enrolment.objects.get(pk=agreement.enrolment_id)).first()
    with pgtrigger.ignore():
        Message.objects.update(status="sent", sent_at=timezone.now(), sealed=None)
    take_back(taking=taking, reason="The wrong person.", by=coordinator)
    return " ".join(Message.objects.get(kind="steps.taken_back", to_email=agreement.sponsor_email).text.split())


def test_whoever_was_told_that_an_invoice_is_not_owed_reads_what_is_when_that_is_taken_back():
    first, second, third = (
        taken_up(agreement=under(AfterLeaving.NOTHING, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
        for _ in range(3)
    )
    officers = [finance(agreement) for agreement in (first, second, third)]
    for agreement in (first, second, third):
        invoices.issue(agreement=agreement, by=SYSTEM)
        enrolments.withdraw(
            enrolment=agreement.enrolment, reason="The wrong one.", by=staff(RoleName.COORDINATOR, agreement.provider)
        )
    invoice = Invoice.objects.get(agreement=second)
    credits.credit(invoice=invoice, amount=invoice.amount, reason="They left.", by=officers[1])
    payments.record(
        invoice=Invoice.objects.get(agreement=third), amount=Decimal(400), on=timezone.localdate(), by=officers[2]
    )
    assert "stands: £1,000 is to be paid by" in payer_reads(first)
    Message.objects.filter(kind="steps.taken_back").update(to_email="read@example.org")
    assert "has been credited in the meantime, so there is nothing to pay for it" in payer_reads(second)
    to_finance = Message.objects.filter(kind="steps.taken_back", text__contains="issue another one").get()
    assert f"invoice {invoice} has been credited in the meantime" in to_finance.text
    Message.objects.filter(kind="steps.taken_back").update(to_email="read@example.org")
    assert "stands: £600 is to be paid by" in payer_reads(third)


def test_a_step_about_money_comes_back_whole_or_not_at_all():
    """What came after it stands against it, also where its letters and links alone could be taken back."""
    request = bursary_asked(under(AfterLeaving.NOTHING, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    agreement, pot = request.agreement, FundingSource.objects.get()
    granted(request=request, source=pot, amount=Decimal(400), reason="Half of it.", by=finance(agreement))
    agreed(FeeAgreement.objects.get(pk=agreement.pk))
    officer, links = finance(agreement), set(TokenLink.objects.usable())
    with pytest.raises(NotPossible, match="came after it. Take that back first"):
        take_back(taking=Taking.objects.standing().on(request).first(), reason="The wrong one.", by=officer)
    assert set(TokenLink.objects.usable()) == links
    act.release(agreement=FeeAgreement.objects.get(pk=agreement.pk), reason="Not needed.", by=SYSTEM)
    FundingSource.objects.filter(pk=pot.pk).update(budget=0)
    with pytest.raises(NotPossible, match="£0 is left"):
        take_back(
            taking=Taking.objects.standing().on(agreement).first(),
            reason="It is needed.",
            by=staff(RoleName.COORDINATOR, agreement.provider),
        )
    assert FeeAgreement.objects.get(pk=agreement.pk).status == AgreementStatus.RELEASED
