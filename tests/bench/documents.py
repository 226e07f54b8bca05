"""How many certificates and invoices one process prints in a second."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from cohorts.actions import certificates
from cohorts.models import Certificate, Enrolment
from cohorts.serials import new_serial
from funding.documents import invoice_pdf
from funding.models import FeeAgreement, Invoice, InvoiceSeries
from steppingup.accounts.models import User

WANTED = 20
RUNS = 40

Print = Callable[[], bytes]


def certificate(enrolment: Enrolment) -> bytes:
    """What the job prints, without keeping it."""
    made = Certificate(
        enrolment=enrolment,
        serial=new_serial(enrolment.cohort.programme.reference_prefix),
        name=certificates.name_on_it(enrolment),
        programme_name=enrolment.cohort.programme.name,
        completed_on=timezone.localdate(),
    )
    return certificates.render(made)


def invoice(agreement: FeeAgreement) -> bytes:
    """What a finance officer downloads, without issuing it."""
    today = timezone.localdate()
    series = InvoiceSeries(provider=agreement.provider, prefix="BENCH")
    made = Invoice(
        series=series,
        number=agreement.pk,
        agreement=agreement,
        amount=agreement.amount,
        bill_to=f"{agreement.employer}\n1 Harbourside\nBristol BS1 5TR",
        bill_from="Bristol City Council\nCity Hall\nBristol BS1 5TR\n\nSort code 01-02-03\nAccount 12345678",
        description=f"{agreement.cohort}: a place for {agreement.person}",
        issued_on=today,
        due_on=today + timedelta(days=30),
    )
    return invoice_pdf(made)


def kinds(manager: User) -> dict[str, Print]:
    """What is printed, each about one of the manager's people."""
    people = Enrolment.objects.select_related("participant", "employer", "cohort__plan", "cohort__programme__provider")
    one = people.filter(line_manager=manager).order_by("pk").first()
    assert one
    fee = FeeAgreement.objects.for_steps().get(enrolment=one)
    return {"Certificates": lambda: certificate(one), "Invoices": lambda: invoice(fee)}


def rate_of(draw: Print) -> tuple[float, float]:
    """So many a second of the time that passes, and of our processor time. The first, which reads fonts and styles, is not
    counted."""
    draw()
    start = time.perf_counter(), time.process_time()
    for _ in range(RUNS):
        draw()
    return RUNS / (time.perf_counter() - start[0]), RUNS / (time.process_time() - start[1])
