"""What is told about invoices, credit notes and what is paid back. Texts: templates/email/funding/."""

from functools import partial
from typing import Any

from funding.links import new_invoice_link
from funding.models import Adjustment, CreditNote, Invoice
from funding.notices import (
    FINANCE,
    LINK,
    PAYER,
    SPONSOR,
    SPONSOR_WORDS,
    kind_of_money,
    tell_payer,
    to_payer,
    to_sponsor,
)
from steppingup.formats.english import day_date, pounds
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind

INVOICE_WORDS = {
    **SPONSOR_WORDS,
    **LINK,
    "invoice": "the number of the invoice",
    "amount": "its amount in pounds",
    "due_on": "the day on which it is due",
    "purchase_order": "the purchase order number",
}
INVOICE = kind_of_money("invoice", "An invoice", PAYER, INVOICE_WORDS, link="link")
OVERDUE = {**INVOICE_WORDS, "outstanding": "pounds that are still to be paid"}
INVOICE_OVERDUE = kind_of_money("invoice_overdue", "An invoice is overdue", PAYER, OVERDUE, link="link")
INVOICE_OVERDUE_SECOND = kind_of_money(
    "invoice_overdue_second", "An invoice is still overdue", PAYER, OVERDUE, link="link"
)
INVOICE_OVERDUE_THIRD = kind_of_money(
    "invoice_overdue_third", "An invoice is overdue, for the last time", PAYER, OVERDUE, link="link"
)
INVOICE_OVERDUE_SPONSOR = kind_of_money(
    "invoice_overdue_sponsor",
    "A sponsor is told that an invoice is overdue, which somebody else pays",
    SPONSOR,
    {
        **SPONSOR_WORDS,
        "invoice": "the number of the invoice",
        "due_on": "the day on which it was due",
        "outstanding": "pounds that are still to be paid",
        "contact": "who has the invoice",
    },
)
CREDIT_NOTE = kind_of_money(
    "credit_note",
    "A credit note",
    PAYER,
    {
        **INVOICE_WORDS,
        "credit_note": "the number of the credit note",
        "credited": "its amount in pounds",
        "reason": "why, as it stands on it",
        "outstanding": "pounds of the invoice that are still to be paid",
    },
    link="link",
)
REFUNDED = kind_of_money(
    "refunded",
    "Money has been paid back",
    PAYER,
    {**SPONSOR_WORDS, "invoice": "the number of the invoice", "refund": "pounds paid back", "on": "the day"},
)
NOT_CONFIRMED = kind_of_money(
    "not_confirmed",
    "A write-off or a refund was not confirmed",
    FINANCE,
    {"proposal": "what was proposed", "by": "who did not confirm it", "reason": "why", "page": "its page"},
    button="page",
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
