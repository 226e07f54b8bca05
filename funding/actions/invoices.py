"""Issuing invoices; they are frozen from then on."""

from datetime import timedelta

from cohorts.planning.bank_holidays import working_day
from funding.actions.numbers import next_number, vat_of
from funding.invoice_notices import of_invoice
from funding.models import FeeAgreement, Invoice, NumberRun
from funding.models.invoice import LESS_A_BURSARY
from funding.permissions import MoneyPermission
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import refuse_if
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
        agreement.still_owed and agreement.liability_cases.undecided().exists(),
        f"It is not settled yet what is owed as {who} has left. Nothing is invoiced before.",
        "undecided",
    )
    refuse_if(not agreement.is_owed, f"{who} does not have a place, so there is nothing to invoice.", "no_place")
    refuse_if(agreement.billed is not None, f"An invoice has already been issued for {who}'s place.", "issued")


@step(
    FeeAgreement,
    "Issue the invoice",
    noun="agreement",
    past="Invoice issued",
    meaning="The invoice gets the next number, and cannot be changed afterwards.",
    permission=MoneyPermission.DECIDE_MONEY,
    policy=require_invoiceable,
    final="An invoice keeps its number and wording for good. A mistake is corrected by a credit note.",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.to_invoice(), "place to invoice", "places to invoice", 20),
)
def issue(*, agreement: FeeAgreement, by: Actor) -> Invoice:
    """Issue the invoice for a place that the employer pays and somebody holds; the sponsor gets a link to it.

    Raises NotPossible when there is nothing to invoice, it was invoiced already, or nobody has set up the numbers."""
    # Asked under the lock: of two presses the second finds the invoice. The series is locked after the agreement.
    require_invoiceable(agreement.lock())
    cohort, today = agreement.cohort, clock.today()
    numbered = next_number(agreement, NumberRun.Kind.INVOICE, today)
    series = numbered["series"]
    what = f"{agreement.person} left the place" if agreement.still_owed else f"place of {agreement.person}"
    description = f"{cohort.programme.name}, {cohort.name}: {what}"[:280]
    invoice = Invoice.objects.create(
        **numbered,
        **vat_of(series, agreement.employer_pays),
        agreement=agreement,
        amount=agreement.employer_pays,
        bill_to=agreement.billing_address or agreement.employer_display,
        bill_from=series.bill_from,
        description=description + (LESS_A_BURSARY if agreement.bursary_amount and not agreement.still_owed else ""),
        purchase_order=agreement.purchase_order,
        issued_on=today,
        # Nothing is paid on a day on which banks are closed.
        due_on=working_day(today + timedelta(days=series.payment_days), cohort.programme.nation),
        issued_by=person(by),
    )
    if agreement.who_pays[1]:
        send(of_invoice(invoice))
    return invoice


def require_sponsor(invoice: Invoice) -> None:
    """Raises NotPossible where nothing is owed any more, or there is no address to send it to."""
    refuse_if(not invoice.is_owed, f"Invoice {invoice} is no longer owed, so nobody is asked to pay it.", "not_owed")
    refuse_if(not invoice.agreement.who_pays[1], "There is no email address to send this invoice to.", "no_sponsor")


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
