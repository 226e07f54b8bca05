"""Every document of money can be read aloud: an independent check of PDF/UA, also with hard names."""

from pathlib import Path

import pytest
from outloud import check

from funding.documents import agreement_pdf, invoice_pdf
from tests.factories.funding import issued

pytestmark = pytest.mark.django_db


def faults(pdf: bytes, folder: Path) -> list[str]:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    result = check(str(path))
    assert result.error in ("", None), result.error
    assert result.stats["tagged"]
    return [str(one) for one in result.findings if one.severity == "error"]


@pytest.mark.parametrize("name", ["Zoë Ångström-Okafor", "Adébáyọ̀ Ṣóyínká"])
def test_invoice_and_agreement_pass_an_independent_check(name, tmp_path):
    invoice = issued(person__full_name=name)
    assert not faults(invoice_pdf(invoice), tmp_path)
    assert not faults(agreement_pdf(invoice.agreement), tmp_path)
