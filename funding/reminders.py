"""What money reminds of: a sponsor who has not answered, an invoice that is overdue: three times, and then a person is asked
to act (`Invoice.objects.silent()`)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from funding import invoice_notices, liability_notices, notices
from funding.models import FeeAgreement, Invoice, LiabilityCase
from funding.models.invoice import LAST_REMINDER
from funding.states import CaseStatus
from funding.still import is_too_late
from steppingup import clock
from steppingup.formats.english import pounds
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_reminder_kind


def silent_sponsors(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Sponsors who were asked and have not answered, while an answer still helps."""
    for agreement in FeeAgreement.objects.asked_between(start, end).for_steps():
        if is_too_late(agreement):
            continue
        yield ReminderItem(timezone.localdate(agreement.asked_at), notices.of_silence(agreement))


#: One reminder follows another after so many days at least, also where some were missed or had stopped.
BETWEEN = timedelta(days=7)


def _overdue(kind: MessageKind, after: str = "") -> Callable[..., Iterator[ReminderItem]]:
    """Whoever pays invoices that are due and not wholly paid; from the second reminder on also the sponsor who agreed.

    `after` is the reminder that comes before, as long as it is in use."""

    def find(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
        rows = Invoice.objects.chased(start, end)
        if after and ReminderRule.objects.filter(kind=after, active=True).exists():
            rows = rows.reminded_of(after, before=clock.now() - BETWEEN)
        for invoice in rows.with_sums().for_steps():
            left = {"outstanding": pounds(invoice.outstanding)}
            (_, payer), sponsor = invoice.agreement.who_pays, invoice.agreement.sponsor_email
            if payer:
                yield ReminderItem(invoice.due_on, invoice_notices.of_invoice(invoice, kind, **left))
            if after and sponsor and sponsor != payer:
                yield ReminderItem(invoice.due_on, invoice_notices.of_overdue_to_sponsor(invoice, **left))

    return find


def last_days(rule: ReminderRule, start: date, end: date) -> Iterator[ReminderItem]:
    """Whoever can still tell of circumstances, or appeal, until one of these days."""
    open_ones = Q(status=CaseStatus.OPEN, ask_until__range=(start, end))
    decided = Q(status=CaseStatus.DECIDED, appeal_until__range=(start, end))
    for case in LiabilityCase.objects.filter(open_ones | decided).for_steps():
        for notice in liability_notices.reminders_of(case):
            yield ReminderItem(case.appeal_until or case.ask_until, notice)


add_reminder_kind(
    ReminderKind(
        "funding.liability_ends_soon",
        "The days to tell of circumstances, or to appeal, end soon",
        "the last of those days",
        liability_notices.REMINDER.key,
        last_days,
        usual=(4, ReminderRule.When.BEFORE, 0),
    )
)
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
FIRST, SECOND = "funding.invoice_overdue", "funding.invoice_overdue_second"
for key, title, kind, days, after in (
    (FIRST, "An invoice is overdue", invoice_notices.INVOICE_OVERDUE, 7, ""),
    (SECOND, "An invoice is still overdue", invoice_notices.INVOICE_OVERDUE_SECOND, 21, FIRST),
    (LAST_REMINDER, "An invoice is overdue, for the last time", invoice_notices.INVOICE_OVERDUE_THIRD, 35, SECOND),
):
    add_reminder_kind(
        ReminderKind(
            key,
            title,
            "the invoice was due",
            kind.key,
            _overdue(kind, after),
            usual=(days, ReminderRule.When.AFTER, days + 53),
        )
    )
