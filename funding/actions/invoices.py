"""Issuing invoices: numbers without gaps, taken under the lock of the provider's series; frozen from then on."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.access import require_staff
from cohorts.models import Cohort
from cohorts.states import HOLDS_A_PLACE
from funding import telling
from funding.models import FeeAgreement, Invoice, InvoiceSeries
from funding.models.invoice import LESS_A_BURSARY
from funding.queries import AgreementQuerySet
from steppingup.accounts.actors import Actor, person
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible


def series_of(provider: Organisation) -> InvoiceSeries:
    """The provider's series. Raises NotPossible when nobody has set it up."""
    found = InvoiceSeries.objects.filter(provider=provider).first()
    if found is None:
        raise NotPossible(f"First set up the invoice numbers and bank details of {provider} under “Invoice numbers”.")
    return found


def check(agreement: FeeAgreement) -> None:
    """Raise NotPossible, with a sentence, when there is nothing to invoice for this place."""
    who = agreement.person
    if not agreement.is_settled:
        raise NotPossible(f"It is not agreed yet who pays for {who}'s place.")
    if agreement.employer_pays <= 0:
        raise NotPossible(f"The employer pays nothing for {who}'s place, so there is nothing to invoice.")
    if agreement.enrolment is None or agreement.enrolment.status not in HOLDS_A_PLACE:
        raise NotPossible(f"{who} does not hold a place, so there is nothing to invoice.")
    if Invoice.objects.filter(agreement=agreement).exists():
        raise NotPossible(f"An invoice for {who}'s place was issued already.")


def draft(agreement: FeeAgreement, series: InvoiceSeries) -> Invoice:
    """The invoice as it would be issued today, without a number and not saved."""
    today = timezone.localdate()
    cohort = agreement.cohort
    description = f"{cohort.programme.name}, {cohort.name}: place of {agreement.person}"[:280]
    if agreement.bursary_amount:
        description += LESS_A_BURSARY
    return Invoice(
        series=series,
        agreement=agreement,
        amount=agreement.employer_pays,
        bill_to=agreement.billing_address or agreement.employer_display,
        bill_from=series.bill_from,
        description=description,
        purchase_order=agreement.purchase_order,
        issued_on=today,
        due_on=today + timedelta(days=series.payment_days),
    )


def _issue(agreement: FeeAgreement, by: Actor) -> Invoice:
    """With the agreement locked: take the next number and send the sponsor the link."""
    check(agreement)
    found = series_of(agreement.provider)
    series = InvoiceSeries.objects.select_for_update().get(pk=found.pk)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    invoice = draft(agreement, series)
    invoice.number, invoice.issued_by = series.last_number, person(by)
    invoice.save()
    if agreement.sponsor_email:
        telling.send_all([telling.of_invoice(invoice)])
    return invoice


@transaction.atomic
def issue(*, agreement: FeeAgreement, by: Actor) -> Invoice:
    """Issue the invoice for a place that the employer pays and somebody took up; the sponsor gets a link to it.

    Raises NotPossible when there is nothing to invoice, or it was invoiced already."""
    require_staff(by, Permission.DECIDE_MONEY, agreement.cohort)
    FeeAgreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.refresh_from_db()
    return _issue(agreement, by)


@transaction.atomic
def issue_all_due(*, cohort: Cohort, by: Actor) -> list[Invoice]:
    """Issue every invoice of the cohort that is due, all or none.

    Raises NotPossible when there is none to issue."""
    require_staff(by, Permission.DECIDE_MONEY, cohort)
    due = due_in(cohort).values_list("pk", flat=True)
    # All agreements are locked before the first number is taken: two officers at once cannot wait for each other.
    locked = list(FeeAgreement.objects.select_for_update().filter(pk__in=list(due)).order_by("pk"))
    fresh = [agreement for agreement in locked if not Invoice.objects.filter(agreement=agreement).exists()]
    if not fresh:
        raise NotPossible("Every place that an employer pays has its invoice already.")
    return [_issue(agreement, by) for agreement in fresh]


def due_in(cohort: Cohort) -> AgreementQuerySet:
    """The agreements of the cohort whose invoice is due: settled, paid by an employer, taken up, not invoiced."""
    agreements = FeeAgreement.objects.filter(cohort=cohort, enrolment__status__in=HOLDS_A_PLACE)
    return agreements.to_invoice().order_by("pk")


@transaction.atomic
def send_again(*, invoice: Invoice, by: Actor) -> Invoice:
    """Send the link to the invoice once more; the earlier link stops working."""
    require_staff(by, Permission.DECIDE_MONEY, invoice.agreement.cohort)
    if not invoice.agreement.sponsor_email:
        raise NotPossible("There is no email address to send this invoice to.")
    telling.send_all([telling.of_invoice(invoice)])
    return invoice
