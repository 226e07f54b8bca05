"""What money reminds of: a sponsor who has not answered, an invoice that is overdue."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from funding import notices
from funding.models import FeeAgreement, Invoice
from steppingup.formats.english import pounds
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def silent_sponsors(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors who were asked and have not answered. Whoever answers is not reminded any more."""
    for agreement in FeeAgreement.objects.asked_between(start, end).for_steps():
        yield ReminderItem(timezone.localdate(agreement.asked_at), notices.of_silence(agreement))


def overdue_invoices(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors of invoices that are due and not wholly paid."""
    found = Invoice.objects.due_between(start, end).with_paid().for_steps()
    for invoice in found.exclude(agreement__sponsor_email=""):
        left = {"outstanding": pounds(invoice.outstanding)}
        yield ReminderItem(invoice.due_on, notices.of_invoice(invoice, notices.INVOICE_OVERDUE, **left))


add_reminder_kind(
    ReminderKind(
        "funding.sponsor_silent",
        "The sponsor has not answered",
        "the sponsor was asked",
        notices.ASKED_REMINDER.key,
        silent_sponsors,
        usual=(7, ReminderRule.When.AFTER, 30),
    )
)
add_reminder_kind(
    ReminderKind(
        "funding.invoice_overdue",
        "An invoice is overdue",
        "the invoice was due",
        notices.INVOICE_OVERDUE.key,
        overdue_invoices,
        usual=(7, ReminderRule.When.AFTER, 60),
    )
)
