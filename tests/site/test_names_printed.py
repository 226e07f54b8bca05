"""Every document with hard names in it: read aloud right (PDF/UA, by an independent checker), every letter drawn."""

import io
import unicodedata
from pathlib import Path

import outloud
import pymupdf
import pytest
from django.db import transaction
from django.utils import timezone

from cohorts.actions import certificates
from cohorts.models import Certificate, Enrolment
from funding import documents
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import funding
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete

pytestmark = pytest.mark.django_db

NAMES = {
    "Yoruba": "Ọláòlú Ṣọlá Adébáyọ̀",
    "Igbo": "Nkeịrụka Ọ́nwụ́",
    "Vietnamese": "Nguyễn Thị Minh Khuê",
    "Polish": "Żółć Łukasz",
    "Greek": "Ελένη Παπαδοπούλου",
    "Ukrainian": "Олександра Шевченко",
    "Arabic": "عبد الرحمن محمد",
    "Urdu": "محمد علی خان",
    "Hebrew": "שרה כהן",
    "Bengali": "শেখ মুজিবুর রহমান",
    "Hindi": "श्रीमती अनुराधा शर्मा",
    "Punjabi": "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "Tamil": "தமிழ்ச்செல்வி இராமன்",
    "Ethiopic": "ኃይለ ሥላሴ",
    "Chinese": "欧阳娜娜",
    "Japanese": "山田太郎",
    "Korean": "김민준",
}
#: Whose letters stand one after the other on paper as in the text; the others are drawn in clusters.
IN_A_ROW = ("Yoruba", "Igbo", "Vietnamese", "Polish", "Greek", "Ukrainian", "Ethiopic", "Chinese", "Japanese", "Korean")


def errors(content: bytes, tmp_path: Path) -> list[str]:
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    return [f"{one.rule}: {one.message}" for one in outloud.check(path).findings if one.severity == "error"]


def read(content: bytes) -> str:
    """As a reader gets it, without the spaces of lines."""
    text = "".join(page.get_text() for page in pymupdf.open(stream=io.BytesIO(content)))
    return unicodedata.normalize("NFC", text.replace("\xa0", " "))


@pytest.fixture
def enrolment() -> Enrolment:
    return complete(ParticipantFactory(cohort=RunningCohortFactory()))


def certificate(enrolment: Enrolment, name: str) -> bytes:
    on = timezone.localdate()
    return certificates.render(
        Certificate(enrolment=enrolment, name=name, serial="SU-7K3Q", programme_name="Stepping Up", completed_on=on)
    )


def test_the_certificate_of_every_name_is_read_aloud_right(tmp_path, enrolment):
    wrong = []
    for language, name in NAMES.items():
        printed = certificate(enrolment, name)
        wrong += [f"{language}: {error}" for error in errors(printed, tmp_path)]
        if language in IN_A_ROW and unicodedata.normalize("NFC", name) not in read(printed):
            wrong.append(f"{language}: read as {read(printed)[:90]}")
    assert not wrong, "\n".join(wrong)


def test_every_document_about_money_with_every_name_is_read_aloud_right(tmp_path):
    agreement = funding.agreed()
    agreement.person.full_name = agreement.sponsor_name = " ".join(NAMES.values())
    invoice = funding.issued()
    invoice.bill_to = "\n".join(NAMES.values())
    for printed in (documents.agreement_pdf(agreement), documents.invoice_pdf(invoice)):
        assert not errors(printed, tmp_path)


def test_a_letter_that_no_font_has_stops_that_certificate_before_anything_is_kept_or_told(enrolment):
    by = staff(provider=enrolment.cohort.programme.provider)
    enrolment.participant.full_name = "Amara \U00101234"
    enrolment.participant.save()
    told = Message.objects.count()
    with (
        pytest.raises(NotPossible, match="no font here has “\U00101234”. Ask whoever runs the site"),
        transaction.atomic(),
    ):
        certificates.make(enrolment=enrolment, by=by)
    assert (Certificate.objects.count(), Message.objects.count()) == (0, told)
