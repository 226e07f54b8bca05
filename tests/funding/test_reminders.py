"""Sponsors who have not answered, and invoices that are overdue, are remembered: once, and only while it matters."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funding.actions import answers
from funding.links import AGREEMENT_LINK
from steppingup.accounts.models import TokenLink
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from tests.factories.funding import asked, holder
from tests.funding.test_invoices import issued

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
