"""Issuing invoices: numbers without gaps, taken under the lock of the provider's series; frozen from then on."""

from datetime import timedelta

from django.utils import timezone

from cohorts.states import HOLDS_A_PLACE
from funding.models import FeeAgreement, Invoice, InvoiceSeries
from funding.models.invoice import LESS_A_BURSARY
from funding.notices import of_invoice
from funding.permissions import MoneyPermission
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.messaging.actions import send
from steppingup.steps.step import Waiting, Weight, step


def require_invoiceable(agreement: FeeAgreement) -> None:
    """Raises NotPossible, with a sentence, when there is nothing to invoice for this place."""
    who = agreement.person
    refuse_if(not agreement.is_settled, f"Nobody has agreed to pay for {who}'s place yet.", "not_settled")
    refuse_if(
        agreement.employer_pays <= 0,
        f"The employer pays nothing for {who}'s place, so there is nothing to invoice.",
        "nothing",
    )
    refuse_if(
        agreement.enrolment is None or agreement.enrolment.status not in HOLDS_A_PLACE,
        f"{who} does not have a place, so there is nothing to invoice.",
        "no_place",
    )
    refuse_if(hasattr(agreement, "invoice"), f"An invoice has already been issued for {who}'s place.", "issued")


def _next_number(agreement: FeeAgreement) -> InvoiceSeries:
    """Taken under the lock of the series, which is held until the transaction ends: so there is never a gap."""
    series = InvoiceSeries.objects.select_for_update().filter(provider=agreement.provider).first()
    if series is None:
        sentence = f"First set up the invoice numbers and bank details of {agreement.provider} under “Invoice numbers”."
        raise NotPossible(sentence, "no_series")
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return series


@step(
    FeeAgreement,
    "Issue the invoice",
    noun="agreement",
    past="Invoice issued",
    meaning="The invoice gets the next number, and cannot be changed afterwards.",
    permission=MoneyPermission.DECIDE_MONEY,
    policy=require_invoiceable,
    final="An invoice keeps its number and wording for good.",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.to_invoice(), "place to invoice", "places to invoice", 20),
)
def issue(*, agreement: FeeAgreement, by: Actor) -> Invoice:
    """Issue the invoice for a place that the employer pays and somebody holds; the sponsor gets a link to it.

    Raises NotPossible when there is nothing to invoice, it was invoiced already, or nobody has set up the numbers."""
    # Asked under the lock: of two presses the second finds the invoice. The series is locked after the agreement.
    require_invoiceable(agreement.lock())
    series = _next_number(agreement)
    cohort, today = agreement.cohort, timezone.localdate()
    description = f"{cohort.programme.name}, {cohort.name}: place of {agreement.person}"[:280]
    invoice = Invoice.objects.create(
        series=series,
        number=series.last_number,
        agreement=agreement,
        amount=agreement.employer_pays,
        bill_to=agreement.billing_address or agreement.employer_display,
        bill_from=series.bill_from,
        description=description + (LESS_A_BURSARY if agreement.bursary_amount else ""),
        purchase_order=agreement.purchase_order,
        issued_on=today,
        due_on=today + timedelta(days=series.payment_days),
        issued_by=person(by),
    )
    if agreement.sponsor_email:
        send(of_invoice(invoice))
    return invoice


def require_sponsor(invoice: Invoice) -> None:
    """Raises NotPossible where nothing is owed any more, or there is no address to send it to."""
    refuse_if(not invoice.is_owed, f"Invoice {invoice} is no longer owed, so nobody is asked to pay it.", "not_owed")
    refuse_if(not invoice.agreement.sponsor_email, "There is no email address to send this invoice to.", "no_sponsor")


@step(
    Invoice,
    "Send it again",
    past="Sent again",
    meaning="The sponsor gets a new link to the invoice. The earlier one stops working.",
    permission=MoneyPermission.DECIDE_MONEY,
    policy=require_sponsor,
    final="An email cannot be recalled once it has been sent.",
)
def send_again(*, invoice: Invoice, by: Actor) -> Invoice:
    """Send the link to the invoice once more; the earlier link stops working."""
    send(of_invoice(invoice))
    return invoice
