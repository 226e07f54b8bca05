"""What is told about invoices, credit notes and what is paid back. Texts: templates/email/funding/."""

from functools import partial
from typing import Any

from funding.letter_words import OF_PLACE, PAYER, SPONSOR, TO_PROPOSER, WORDS
from funding.links import new_invoice_link
from funding.models import Adjustment, CreditNote, Invoice
from funding.notices import tell_payer, to_payer, to_sponsor
from steppingup.formats.english import day_date, pounds
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind

OF_INVOICE = ("sponsor", "invoice", "amount", "due_on", "purchase_order")
OVERDUE = (*OF_INVOICE, "outstanding")
INVOICE = OF_PLACE.add("invoice", "An invoice", PAYER, *OF_INVOICE)
INVOICE_OVERDUE = OF_PLACE.add("invoice_overdue", "An invoice is overdue", PAYER, *OVERDUE)
INVOICE_OVERDUE_SECOND = OF_PLACE.add("invoice_overdue_second", "An invoice is still overdue", PAYER, *OVERDUE)
INVOICE_OVERDUE_THIRD = OF_PLACE.add(
    "invoice_overdue_third", "An invoice is overdue, for the last time", PAYER, *OVERDUE
)
INVOICE_OVERDUE_SPONSOR = OF_PLACE.add(
    "invoice_overdue_sponsor",
    "A sponsor is told that an invoice is overdue, which somebody else pays",
    SPONSOR,
    *("sponsor", "invoice", "outstanding", "contact"),
    link=False,
    own={"due_on": ("the day on which it was due", WORDS["due_on"][1])},
)
CREDIT_NOTE = OF_PLACE.add(
    "credit_note",
    "A credit note",
    PAYER,
    *(*OF_INVOICE, "credit_note", "credited"),
    own={
        "reason": ("why, as it stands on it", "The fee was £900 for places agreed before October."),
        "outstanding": ("pounds of the invoice that are still to be paid", "£900"),
    },
)
REFUNDED = OF_PLACE.add("refunded", "Money has been paid back", PAYER, "sponsor", "invoice", "refund", "on", link=False)
NOT_CONFIRMED = OF_PLACE.add(
    "not_confirmed",
    "A write-off or a refund was not confirmed",
    TO_PROPOSER,
    own={
        "proposal": ("what was proposed", "Write-off of £300, invoice SU-2019-20-00017"),
        "by": ("who did not confirm it", "Idris Bell"),
        "reason": ("why", "They paid £300 last week: please look at the payments first."),
    },
)


def of_invoice(invoice: Invoice, kind: MessageKind = INVOICE, **more: Any) -> Notice:
    """The invoice by a new link; the earlier one stops working."""
    return to_payer(kind, invoice, invoice.agreement, link=partial(new_invoice_link, invoice), **more)


def of_overdue_to_sponsor(invoice: Invoice, **more: Any) -> Notice:
    """Without a link, which would take that of whoever pays."""
    name, email = invoice.agreement.who_pays
    return to_sponsor(INVOICE_OVERDUE_SPONSOR, invoice.agreement, invoice, contact=name or email, **more)


def of_credit_note(note: CreditNote) -> Notice:
    """The page of the invoice, by a new link, has the credit note."""
    link = partial(new_invoice_link, note.invoice)
    return to_payer(CREDIT_NOTE, note, note.invoice.agreement, link=link)


def tell_of_refund(refund: Adjustment) -> None:
    said = {"refund": pounds(refund.amount), "on": day_date(refund.on), "invoice": str(refund.invoice)}
    tell_payer(REFUNDED, refund.invoice, refund.invoice.agreement, **said)


def tell_proposer(adjustment: Adjustment) -> None:
    page = address("admin:funding_adjustment_change", adjustment.pk)
    said = {"proposal": str(adjustment), "by": str(adjustment.decided_by), "reason": adjustment.decision_reason}
    agreement = adjustment.invoice.agreement
    facts = {**agreement.message_facts, **said, "page": page}
    context = {name: facts[name] for name in NOT_CONFIRMED.placeholders}
    send(Notice(NOT_CONFIRMED, adjustment.proposed_by, adjustment, context, related=[agreement]))
