"""Money, completion, the certificate, and anybody who asks whether it is genuine."""

import io
import re

from pypdf import PdfReader

from cohorts.models import Certificate, Enrolment
from funding.models import Invoice
from tests.journeys.people import Person, letters_to, link_in
from tests.journeys.running import runs_what_waits


def invoices(finance: Person, sponsor: Person, enrolment: Enrolment) -> None:
    """Issues what is due; the sponsor opens the invoice by the link; the payment is recorded."""
    issue = finance.page.get_by_role("button", name="Issue the invoice")
    finance.sign_in(f"/admin/funding/feeagreement/{enrolment.fee_agreement.pk}/change/")
    finance.leave_by(issue)
    finance.reads("£2,500", "PO-4711", "Who will be told")
    finance.look("invoices-due")
    finance.leave_by(issue)
    invoice = Invoice.objects.get()
    sponsor.go(link_in(letters_to("head.of.people@avon.example")[-1], "/invoices/"))
    sponsor.reads(invoice.reference)
    sponsor.look("invoice")
    with sponsor.page.expect_download() as download:
        sponsor.page.get_by_role("button", name=re.compile("Download the invoice")).click()
    text = PdfReader(download.value.path()).pages[0].extract_text()
    assert invoice.reference in text
    assert "PO-4711" in text
    finance.go("/admin/funding/invoice/")
    finance.reads(invoice.reference)
    finance.look("invoices")


def completes(coordinator: Person, enrolment: Enrolment) -> None:
    """Everybody who meets the rule; then their certificates, made by a worker."""
    page, address = coordinator.page, f"/admin/cohorts/enrolment/cohort/{enrolment.cohort_id}/"
    coordinator.sign_in(address)
    coordinator.reads("Completion and certificates", "Met")
    coordinator.look("completion")
    coordinator.leave_by(page.get_by_role("button", name=re.compile("Record completion for all 1")))
    coordinator.reads("Who will be told")
    coordinator.look()
    coordinator.press("Record completion (1)")
    coordinator.look()
    coordinator.go(address)
    coordinator.leave_by(page.get_by_role("button", name=re.compile("Make 1 certificate")))
    coordinator.look()
    coordinator.press("Make the certificates")
    coordinator.look("certificates-under-way")
    runs_what_waits()
    coordinator.look_again()
    coordinator.look("certificates-made")


def downloads(participant: Person, enrolment: Enrolment) -> Certificate:
    participant.sign_in(f"/my-programme/{enrolment.pk}/")
    participant.go(f"/my-programme/{enrolment.pk}/")
    participant.reads("Your certificate")
    participant.look("participant-finished")
    certificate = Certificate.objects.get(enrolment=enrolment)
    content = participant.page.request.get(f"/my-programme/{enrolment.pk}/certificate/certificate.pdf").body()
    sheet = PdfReader(io.BytesIO(content)).pages[0]
    assert certificate.serial in sheet.extract_text()
    assert sheet.mediabox.width > sheet.mediabox.height
    return certificate


def verifies(anybody: Person, certificate: Certificate) -> None:
    anybody.go("/certificates/")
    anybody.look()
    anybody.page.locator("main input[type=text]").fill(certificate.serial.lower().replace("-", " "))
    anybody.press("Check the certificate")
    anybody.reads("genuine", certificate.name, "Stepping Up")
    anybody.look("certificate-genuine")
    response = anybody.page.goto("/certificates/SU-AAAA-BBBB-CCCC/")
    assert response is not None
    assert certificate.name not in anybody.page.locator("body").inner_text()
    anybody.look("certificate-unknown")
