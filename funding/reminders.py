"""What money reminds of: a sponsor who has not answered, an invoice that is overdue: three times, and then a person is asked
to act (`Invoice.objects.silent()`)."""

from collections.abc import Callable, Iterator
from datetime import date

from django.utils import timezone

from funding import notices
from funding.models import FeeAgreement, Invoice
from steppingup.formats.english import pounds
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def silent_sponsors(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors who were asked and have not answered. Whoever answers is not reminded any more."""
    for agreement in FeeAgreement.objects.asked_between(start, end).for_steps():
        yield ReminderItem(timezone.localdate(agreement.asked_at), notices.of_silence(agreement))


def _overdue(kind: MessageKind, *, also_sponsor: bool = False) -> Callable[..., Iterator[ReminderItem]]:
    """Whoever pays invoices that are due and not wholly paid; from the second reminder on also the sponsor who agreed."""

    def find(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
        for invoice in Invoice.objects.chased(start, end).with_sums().for_steps():
            left = {"outstanding": pounds(invoice.outstanding)}
            (_, payer), sponsor = invoice.agreement.who_pays, invoice.agreement.sponsor_email
            if payer:
                yield ReminderItem(invoice.due_on, notices.of_invoice(invoice, kind, **left))
            if also_sponsor and sponsor and sponsor != payer:
                yield ReminderItem(invoice.due_on, notices.of_overdue_to_sponsor(invoice, **left))

    return find


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
for key, title, kind, days, also in (
    ("invoice_overdue", "An invoice is overdue", notices.INVOICE_OVERDUE, 7, False),
    ("invoice_overdue_second", "An invoice is still overdue", notices.INVOICE_OVERDUE_SECOND, 21, True),
    ("invoice_overdue_third", "An invoice is overdue, for the last time", notices.INVOICE_OVERDUE_THIRD, 35, True),
):
    add_reminder_kind(
        ReminderKind(
            f"funding.{key}",
            title,
            "the invoice was due",
            kind.key,
            _overdue(kind, also_sponsor=also),
            usual=(days, ReminderRule.When.AFTER, days + 30),
        )
    )
