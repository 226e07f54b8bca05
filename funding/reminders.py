"""What money reminds of: a sponsor who has not answered, an invoice that is overdue."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from funding import messages, telling
from funding.models import FeeAgreement, Invoice
from steppingup.formats.english import day_date, pounds
from steppingup.messaging.actions import Notice
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_rule, register


def _item(notice: telling.Notice, anchor: date) -> ReminderItem:
    secrets = notice.secrets or dict
    told = Notice(notice.kind, notice.to, notice.about, notice.context, secrets, notice.name, notice.related)
    return ReminderItem(anchor, told)


def silent_sponsors(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors who were asked and have not answered. Whoever answers is not reminded any more."""
    for agreement in FeeAgreement.objects.asked_between(start, end).with_everything().select_related("cohort__plan"):
        anchor = timezone.localdate(agreement.asked_at)
        yield _item(telling.of_silence(agreement, asked_on=day_date(anchor)), anchor)


def overdue_invoices(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors of invoices that are due and not wholly paid."""
    related = ("series", "agreement__person", "agreement__employer", "agreement__cohort__plan")
    rows = (
        Invoice.objects.due_between(start, end)
        .with_paid()
        .select_related(*related, "agreement__cohort__programme__provider")
    )
    for invoice in rows.exclude(agreement__sponsor_email=""):
        notice = telling.of_invoice(invoice, messages.INVOICE_OVERDUE, outstanding=pounds(invoice.outstanding))
        yield _item(notice, invoice.due_on)


SILENT = register(
    ReminderKind(
        "funding.sponsor_silent",
        "The sponsor has not answered",
        "the sponsor was asked",
        messages.ASKED_REMINDER.key,
        silent_sponsors,
    )
)
OVERDUE = register(
    ReminderKind(
        "funding.invoice_overdue",
        "An invoice is overdue",
        "the invoice was due",
        messages.INVOICE_OVERDUE.key,
        overdue_invoices,
    )
)


def make_default_rules(**_: Any) -> None:
    """After each migration: rules that hold everywhere, where there is none of that kind yet. A coordinator who has
    changed one keeps it; one that is not wanted is switched off."""
    for kind, until in ((SILENT, 30), (OVERDUE, 60)):
        if not ReminderRule.objects.filter(kind=kind.key).exists():
            add_rule(kind=kind.key, days=7, when="after", until=until)
