"""Every document of money can be read aloud: an independent check of PDF/UA, also with hard names."""

import io
from pathlib import Path

import pymupdf
import pytest
from outloud import check
from pypdf import PdfReader

from funding.actions import invoices
from funding.documents import agreement_pdf, credit_note_pdf, invoice_pdf, receipt_pdf
from funding.models import InvoiceSeries
from steppingup.accounts.actors import SYSTEM
from tests.factories.funding import taken_up
from tests.factories.money_moves import again, credit, pay

pytestmark = pytest.mark.django_db


def faults(pdf: bytes, folder: Path) -> list[str]:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    result = check(str(path))
    assert result.error in ("", None), result.error
    assert result.stats["tagged"]
    return [str(one) for one in result.findings if one.severity == "error"]


@pytest.mark.parametrize("name", ["Zoë Ångström-Okafor", "Adébáyọ̀ Ṣóyínká"])
def test_every_document_of_money_passes_an_independent_check(name, tmp_path):
    agreement = taken_up(person__full_name=name)
    InvoiceSeries.objects.update(vat_treatment="standard", vat_rate=20, vat_number="GB 123 4567 89")
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    pay(invoice, 900, reference="BACS 17")
    note = credit(invoice, 300)
    for pdf in (
        invoice_pdf(invoice), credit_note_pdf(note), receipt_pdf(again(invoice)), agreement_pdf(invoice.agreement),
    ):  # fmt: skip
        assert not faults(pdf, tmp_path)


def test_the_documents_say_what_the_rows_say():
    agreement = taken_up()
    InvoiceSeries.objects.update(vat_treatment="standard", vat_rate=20, vat_number="GB 123 4567 89")
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    pay(invoice, 900, reference="BACS 17")
    note = credit(invoice, 300)
    for pdf, said in (
        (invoice_pdf(invoice), ("VAT at 20% £166.66", "Without VAT £833.34", "VAT number GB 123 4567 89")),
        (credit_note_pdf(note), (note.reference, invoice.reference, "A mistake.", "VAT at 20% £50.00", "£300.00")),
        (receipt_pdf(again(invoice)), ("BACS 17", "£900.00", "Kept as credit on account £200.00")),
    ):
        text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
        for words in said:
            assert words in text


def test_what_is_long_and_has_no_space_stays_on_the_paper():
    invoice = invoices.issue(agreement=taken_up(), by=SYSTEM)
    pay(invoice, 900, reference="BACS")
    note, long = credit(invoice, 300), "PO/" + "NORTHBRISTOL-00001234" * 2 + "-ABCDEFGHIJ-77"
    for document, printed in ((invoice, invoice_pdf), (note, credit_note_pdf), (again(invoice), receipt_pdf)):
        document.purchase_order = long
        (page,) = pymupdf.open(stream=printed(document))
        assert long in page.get_text().replace("\n", "")
        margin = page.rect.width - 22 / 25.4 * 72
        assert [word[4] for word in page.get_text("words", flags=0) if word[2] > margin + 1] == []
