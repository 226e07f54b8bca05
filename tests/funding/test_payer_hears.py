"""Whoever was told what becomes of the fee when somebody left hears how it stands when they are back, and nobody else does."""

from decimal import Decimal
from itertools import product

import pgtrigger
import pytest
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import enrolments
from cohorts.models import Enrolment
from funding.actions import credits, invoices, liability, payments
from funding.models import FeeAgreement, Invoice, LiabilityCase
from funding.notices import OF_AN_ENDING
from funding.rules import AfterLeaving
from steppingup.accounts.actors import SYSTEM
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.funding import AgreementFactory, taken_up
from tests.funding.test_endings import finance, under

pytestmark = pytest.mark.django_db
ENDINGS = list(OF_AN_ENDING)
INVOICED = ("no invoice", "an invoice", "part of it paid", "all of it paid", "credited since")


def all_sent() -> None:
    with pgtrigger.ignore():
        Message.objects.update(status="sent", sent_at=timezone.now(), sealed=None)


def a_place(rule: str, contact: str) -> FeeAgreement:
    agreement = taken_up(agreement=under(rule, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    if contact:
        with pgtrigger.ignore():
            FeeAgreement.objects.filter(pk=agreement.pk).update(finance_email=contact, finance_name="Accounts")
    return FeeAgreement.objects.get(pk=agreement.pk)


def invoiced(agreement: FeeAgreement, how: str) -> Invoice | None:
    if how == "no invoice":
        return None
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    if paid := {"part of it paid": 400, "all of it paid": 1000}.get(how):
        payments.record(invoice=invoice, amount=Decimal(paid), on=timezone.localdate(), by=finance(agreement))
    return invoice


def leaves(agreement: FeeAgreement, coordinator) -> None:
    enrolments.withdraw(enrolment=Enrolment.objects.get(pk=agreement.enrolment_id), reason="Ill.", by=coordinator)


def comes_back(agreement: FeeAgreement, coordinator) -> None:
    enrolments.come_back(enrolment=Enrolment.objects.get(pk=agreement.enrolment_id), by=coordinator)


def taken_back(agreement: FeeAgreement, coordinator) -> None:
    taking = Taking.objects.standing().on(Enrolment.objects.get(pk=agreement.enrolment_id)).first()
    take_back(taking=taking, reason="The wrong one.", by=coordinator)


def about_money(address: str, since: int) -> list[str]:
    found = Message.objects.filter(pk__gt=since, to_email=address, kind__in=("funding.came_back", "steps.taken_back"))
    return [" ".join(message.text.split()) for message in found.order_by("pk")]


def expected(agreement: FeeAgreement, invoice: Invoice | None, how: str) -> list[str]:
    """What the letter has to say, from the state of the records alone."""
    agreement = FeeAgreement.objects.get(pk=agreement.pk)
    place = Enrolment.objects.get(pk=agreement.enrolment_id)
    said = []
    if invoice:
        invoice.refresh_from_db()
    if agreement.status == "released":
        said.append("owes nothing for")
        if invoice:
            said += (
                [f"Invoice {invoice} is not owed: we will send you a credit note"]
                if invoice.status != "credited"
                else []
            )
        said += ["Nobody pays for the place at the moment."] if place.status == "enrolled" else []
        return said
    said.append("has left, and by the terms" if agreement.still_owed else "What was agreed about the fee still holds.")
    said.append("pays £1,000.")
    if invoice is None or invoice.status == "credited":
        said.append("We will send you the invoice.")
    else:
        left = {"an invoice": "£1,000", "part of it paid": "£600"}.get(how)
        said.append(
            f"Invoice {invoice} stands: {left} is to be paid by"
            if left
            else f"Nothing is to be paid for invoice {invoice}."
        )
    return said


@pytest.mark.parametrize(
    ("contact", "rule", "how"),
    [
        *product(("", "accounts@harbour.example"), (AfterLeaving.WHOLE, AfterLeaving.NOTHING), INVOICED[:3]),
        ("accounts@harbour.example", AfterLeaving.WHOLE, "all of it paid"),
        ("accounts@harbour.example", AfterLeaving.NOTHING, "credited since"),
    ],
)
def test_each_who_was_told_hears_once_how_it_stands_whichever_way_they_are_back(rule, how, contact):
    agreement = a_place(rule, contact)
    coordinator, invoice = staff(RoleName.COORDINATOR, agreement.provider), invoiced(agreement, how)
    leaves(agreement, coordinator)
    if how == "credited since":
        credits.credit(invoice=invoice, amount=invoice.amount, reason="They left.", by=finance(agreement))
    all_sent()
    told = set(Message.objects.filter(kind__in=ENDINGS).values_list("to_email", flat=True))
    assert agreement.sponsor_email in told
    assert told <= {agreement.sponsor_email, contact}
    for way in (comes_back, taken_back, taken_back):  # back; the coming back was wrong; and so was the leaving
        since = Message.objects.latest("pk").pk
        way(agreement, coordinator)
        for address in {agreement.sponsor_email, contact} - {""}:
            letters = about_money(address, since)
            assert len(letters) == (address in told), (way, address, letters)
            said = expected(agreement, invoice, how)
            # Whoever was told of the invoice alone reads of it alone when that is taken back.
            if (
                since_leaving(agreement)
                and address == (contact or agreement.sponsor_email)
                and rule == AfterLeaving.NOTHING
                and invoice
            ):
                credited = f"Invoice {invoice} has been credited in the meantime"
                said = [credited] if how == "credited since" else said[-1:]
            for sentence in said if letters else ():
                assert sentence in letters[0], (way, sentence, letters[0])
        all_sent()


def since_leaving(agreement: FeeAgreement) -> bool:
    """Nothing stands any more: they never left."""
    place = Enrolment.objects.get(pk=agreement.enrolment_id)
    return not Taking.objects.standing().on(place).exists()


def test_whoever_was_not_told_of_the_end_is_not_told_of_the_coming_back():
    agreement = a_place(AfterLeaving.WHOLE, "")
    leaves(agreement, SYSTEM)
    Message.objects.filter(kind__in=ENDINGS).delete()
    comes_back(agreement, SYSTEM)
    assert not Message.objects.filter(kind="funding.came_back").exists()


def test_a_fee_that_was_waived_reads_as_waived_when_they_are_back():
    agreement = a_place(AfterLeaving.WHOLE, "accounts@harbour.example")
    coordinator = staff(RoleName.COORDINATOR, agreement.provider)
    leaves(agreement, coordinator)
    liability.decide(case=LiabilityCase.objects.get(), outcome="waived", reason="They are ill.", by=finance(agreement))
    comes_back(agreement, coordinator)
    [letter] = Message.objects.filter(kind="funding.came_back")
    assert letter.to_email == agreement.sponsor_email
    assert "owes nothing for" in letter.text
    assert "Nobody pays for the place at the moment." in letter.text
