"""Credit notes: how an issued invoice is corrected. It stays as it is; what need not be paid is taken off by a document of
its own, with a reason."""

from decimal import Decimal
from typing import Any

from django import forms

from funding.actions.numbers import next_number
from funding.actions.standing import follow_sums
from funding.invoice_notices import of_credit_note
from funding.models import CreditNote, Invoice, InvoiceSeries, NumberRun
from funding.permissions import MoneyPermission
from funding.rules import VatTreatment, vat_in
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if, required
from steppingup.messaging.actions import send
from steppingup.steps.step import StepForm, Waiting, Weight, step

WHY = "Say why, in a sentence. It stands on the credit note."


class CreditForm(StepForm):
    amount = forms.DecimalField(
        label="Amount to credit, in pounds",
        max_digits=9,
        decimal_places=2,
        help_text="The whole of the invoice, or a part of it.",
        error_messages={"required": "Enter the amount to credit."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands on the credit note, and the sponsor reads it.",
        error_messages={"required": WHY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.subject.creditable


def require_other_place(by: Actor, invoice: Invoice) -> None:
    """Raises OwnRecord for whoever would take something off the invoice for their own place."""
    about = invoice.agreement.person
    require_colleague(by, about, "You cannot credit an invoice for your own place. Ask a colleague.")


def require_creditable(invoice: Invoice) -> None:
    """Raises NotPossible where nothing is left to credit."""
    refuse_if(invoice.creditable <= 0, f"Nothing of invoice {invoice} is left to credit.", "nothing")


def _meaning(invoice: Invoice, amount: Decimal | None = None, **_: Any) -> str:
    left = f"{pounds(invoice.creditable)} of invoice {invoice} can be credited."
    if amount is None:
        return left
    back = amount - invoice.outstanding
    paid = (
        f" {pounds(back)} of it has been paid already, and will be kept as credit, to be refunded." if back > 0 else ""
    )
    whole = " Another invoice can be issued for the place then." if amount >= invoice.creditable else ""
    return f"{pounds(amount)} of {pounds(invoice.amount)} does not have to be paid.{paid}{whole}"


@step(
    Invoice,
    "Issue a credit note",
    name="credit",
    past="Credit note issued",
    meaning=_meaning,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_creditable,
    form=CreditForm,
    final="A credit note keeps its number and wording for good. If it was a mistake, issue another invoice.",
    weight=Weight.DANGER,
    waiting=Waiting(
        lambda rows: rows.to_credit(),
        "invoice is not owed, or not all of it, to be credited",
        "invoices are not owed, or not all of them, to be credited",
        22,
    ),
)
def credit(*, invoice: Invoice, amount: Decimal, reason: str, by: Actor) -> CreditNote:
    """Take `amount` pounds off an invoice by a credit note, which goes to the finance contact by a link.

    Raises NotPossible without a reason, or for an amount that is not above nothing and up to what is left to credit."""
    # The order of locks: agreement, invoice, series.
    invoice.agreement.lock()
    require_creditable(invoice.lock())
    text = required(reason, WHY)
    refuse_if(
        not 0 < amount <= invoice.creditable,
        f"Enter an amount above zero and up to {pounds(invoice.creditable)}, which is what is left to credit.",
        "amount",
        field="amount",
    )
    today = clock.today()
    numbered = next_number(invoice.agreement, NumberRun.Kind.CREDIT_NOTE, today)
    note = CreditNote.objects.create(
        **numbered,
        invoice=invoice,
        amount=amount,
        reason=text[:500],
        issued_on=today,
        issued_by=person(by),
        bill_to=invoice.bill_to,
        bill_from=invoice.bill_from,
        description=invoice.description,
        purchase_order=invoice.purchase_order,
        **_vat_of(invoice, amount, numbered["series"]),
    )
    note.invoice = follow_sums(invoice)
    if invoice.agreement.who_pays[1]:
        send(of_credit_note(note))
    return note


def _vat_of(invoice: Invoice, amount: Decimal, series: InvoiceSeries) -> dict[str, Any]:
    """As it was charged: what has changed at the provider since is not this invoice's. On one from before VAT was said, no
    VAT was charged, and only the sentence of a provider who charges none is true of it."""
    said = {
        "vat_treatment": invoice.vat_treatment,
        "vat_rate": invoice.vat_rate,
        "vat_amount": _vat_within(invoice, amount),
        "vat_number": invoice.vat_number,
        "vat_words": invoice.vat_words,
    }
    if not invoice.vat_treatment and series.vat_treatment != VatTreatment.STANDARD:
        said |= {"vat_treatment": series.vat_treatment, "vat_words": series.vat_sentence}
    return said


def _vat_within(invoice: Invoice, amount: Decimal) -> Decimal:
    """Worked out over everything credited so far, so that credit notes over the whole take off all of the invoice's VAT."""
    so_far = sum((note.vat_amount for note in invoice.credit_notes.all()), Decimal(0))
    if invoice.credited + amount == invoice.amount:
        return invoice.vat_amount - so_far
    return vat_in(invoice.credited + amount, invoice.vat_rate) - so_far
