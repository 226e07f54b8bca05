"""Sponsors who have not answered, and invoices that are overdue, are remembered: once, and only while it matters."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import enrolments
from funding.actions import adjustments, answers, chasing, credits, invoices, payments
from funding.links import AGREEMENT_LINK, INVOICE_LINK
from funding.models import FeeAgreement, Invoice
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from tests.factories.accounts import staff
from tests.factories.funding import asked, holder, issued, proposed, taken_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make_usual_rules()


def sent(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def test_a_silent_sponsor_is_reminded_once_after_a_week_with_a_link_that_works():
    agreement, _ = asked()
    day = timezone.localdate() + timedelta(days=7)
    work_out_reminders(today=day - timedelta(days=1))
    assert sent("funding.asked_reminder") == 0
    for _ in range(2):
        work_out_reminders(today=day)
    assert sent("funding.asked_reminder") == 1
    assert TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK).count() == 1


def test_whoever_has_answered_is_not_reminded():
    agreement, raw = asked()
    answers.decline(agreement=agreement, reason="No.", by=holder(raw))
    work_out_reminders(today=timezone.localdate() + timedelta(days=8))
    assert sent("funding.asked_reminder") == 0


def test_an_overdue_invoice_is_remembered_after_a_week():
    invoice = issued()
    work_out_reminders(today=invoice.due_on + timedelta(days=7))
    assert sent("funding.invoice_overdue") == 1


def test_a_rule_that_a_coordinator_changed_is_not_made_again():
    ReminderRule.objects.filter(kind="funding.sponsor_silent").update(days=10)
    make_usual_rules()
    assert ReminderRule.objects.filter(kind="funding.sponsor_silent").count() == 1


@pytest.mark.parametrize("kind", ["funding.sponsor_silent", "funding.invoice_overdue"])
def test_a_rule_that_is_missing_is_made_though_there_are_others(kind):
    ReminderRule.objects.filter(kind=kind).delete()
    make_usual_rules()
    assert ReminderRule.objects.filter(kind=kind).count() == 1


def chased(kind: str) -> list[str]:
    return [message.to_email for message in Message.objects.filter(kind=f"funding.{kind}")]


def days_after(time_machine, invoice: Invoice, *days: int) -> None:
    """The reminders are worked out so many days after the invoice was due."""
    for number in days:
        time_machine.move_to(datetime.combine(invoice.due_on + timedelta(days=number), time(12), UTC), tick=False)
        work_out_reminders()


def test_reminders_go_on_to_the_finance_contact_and_the_sponsor_and_then_a_person_is_asked(time_machine):
    invoice = issued()
    FeeAgreement.objects.update(finance_name="Accounts", finance_email="accounts@employer.example")
    make_usual_rules()
    for days in (7, 21, 35):
        assert not Invoice.objects.silent().exists()
        days_after(time_machine, invoice, days)
    for kind in ("invoice_overdue", "invoice_overdue_second", "invoice_overdue_third"):
        assert chased(kind) == ["accounts@employer.example"]
    assert chased("invoice_overdue_sponsor") == ["jo@employer.example"] * 2
    assert list(Invoice.objects.silent()) == [invoice]
    by = staff(RoleName.FINANCE, invoice.agreement.provider)
    with pytest.raises(NotPossible, match="Say why nobody"):
        chasing.stop_chasing(invoice=invoice, reason=" ", by=by)
    with pytest.raises(NotAllowed):
        chasing.stop_chasing(invoice=invoice, reason="x", by=SYSTEM)
    chasing.stop_chasing(invoice=invoice, reason="They pay on the first.", by=by)
    assert not Invoice.objects.silent().exists()


@pytest.mark.parametrize("ended", ["paid", "credited", "written off", "not owed", "stopped"])
def test_nobody_is_reminded_of_what_is_paid_credited_written_off_not_owed_or_stopped(ended, time_machine):
    invoice = issued()
    by = staff(RoleName.FINANCE, invoice.agreement.provider)
    match ended:
        case "paid":
            payments.record(invoice=invoice, amount=Decimal(1000), on=timezone.localdate(), by=by)
        case "credited":
            credits.credit(invoice=invoice, amount=Decimal(1000), reason="A mistake.", by=by)
        case "written off":
            adjustments.confirm(adjustment=proposed(invoice), by=by)
        case "not owed":
            enrolments.withdraw(enrolment=invoice.agreement.enrolment, reason="Ill.", by=SYSTEM)
        case "stopped":
            chasing.stop_chasing(invoice=invoice, reason="They pay on the first.", by=by)
    make_usual_rules()
    days_after(time_machine, invoice, 7, 21, 35)
    assert not Message.objects.filter(kind__startswith="funding.invoice_overdue").exists()
    if ended == "stopped":
        with pytest.raises(NotPossible, match="stopped already"):
            chasing.stop_chasing(invoice=invoice, reason="x", by=by)
        chasing.chase_again(invoice=invoice, by=by)
        with pytest.raises(NotPossible, match="have not stopped"):
            chasing.chase_again(invoice=invoice, by=by)
        days_after(time_machine, invoice, 36, 40, 43, 44, 51)
        kinds = Message.objects.filter(kind__startswith="funding.invoice_overdue").order_by("pk")
        # Missed ones come one after the other, a week apart at least.
        assert [m.kind.removeprefix("funding.invoice_overdue") for m in kinds] == ["", "_second", "_third"]
    else:
        with pytest.raises(NotPossible, match="nobody is reminded"):
            chasing.stop_chasing(invoice=Invoice.objects.get(), reason="x", by=by)


def test_the_finance_contact_gets_the_invoice_and_the_credit_note():
    agreement = taken_up()
    FeeAgreement.objects.update(finance_name="Accounts", finance_email="accounts@employer.example")
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    credits.credit(invoice=invoice, amount=Decimal(1), reason="A mistake.", by=SYSTEM)
    for kind in ("invoice", "credit_note"):
        assert chased(kind) == ["accounts@employer.example"]
    assert TokenLink.objects.usable().get(purpose=INVOICE_LINK).email == "accounts@employer.example"


def test_a_reminder_that_was_switched_off_does_not_hold_up_the_next(time_machine):
    invoice = issued()
    make_usual_rules()
    ReminderRule.objects.filter(kind="funding.invoice_overdue_second").update(active=False)
    days_after(time_machine, invoice, 7, 21, 35)
    assert (len(chased("invoice_overdue_second")), len(chased("invoice_overdue_third"))) == (0, 1)
