"""Every document with hard names in it: read aloud right (PDF/UA, by an independent checker), every letter drawn."""

import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import outloud
import pymupdf
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.actions import certificates
from cohorts.models import Certificate, Enrolment
from funding import documents
from steppingup.formats.sameness import clean
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


#: The letters of a script, and the marks and vowel signs that may follow one. In those without, a name stands on paper as it is typed.
SCRIPTS = {
    "Latin": (0x41, 0x24F, "\u0300\u0301\u0302\u0303\u0308\u0323\u0331"),
    "Latin, more": (0x1E00, 0x1EFF, ""),
    "Greek": (0x386, 0x3CE, ""),
    "Cyrillic": (0x400, 0x52F, ""),
    "Armenian": (0x531, 0x586, ""),
    "Georgian": (0x10D0, 0x10FA, ""),
    "Hebrew": (0x5D0, 0x5EA, "\u05b0\u05b8\u05bc"),
    "Arabic": (0x620, 0x64A, "\u064e\u0650\u0651"),
    "Urdu and Persian": (0x671, 0x6D3, ""),
    "Devanagari": (0x905, 0x939, "\u093e\u093f\u0940\u094d\u0902"),
    "Bengali": (0x995, 0x9B9, "\u09be\u09bf\u09c7\u09cb\u09cd"),
    "Gurmukhi": (0xA15, 0xA39, "\u0a3e\u0a3f\u0a70"),
    "Gujarati": (0xA95, 0xAB9, "\u0abe\u0abf\u0acd"),
    "Tamil": (0xB95, 0xBB9, "\u0bbe\u0bbf\u0bc6\u0bca\u0bcd"),
    "Telugu": (0xC15, 0xC39, ""),
    "Sinhala": (0xD9A, 0xDC6, ""),
    "Thai": (0xE01, 0xE2E, "\u0e34\u0e48"),
    "Khmer": (0x1780, 0x17B3, ""),
    "Tibetan": (0xF40, 0xF6C, ""),
    "Ethiopic": (0x1200, 0x135A, ""),
    "Hangul": (0xAC00, 0xD7A3, ""),
    "Kana": (0x3041, 0x30FA, ""),
    "Han": (0x4E00, 0x9FFF, ""),
    "Han, rare": (0x20000, 0x2A6D0, ""),
}


def named_in(script: str) -> st.SearchStrategy[tuple[str, str]]:
    """A given name and a family name in a script, as the product keeps them."""
    first, last, marks = SCRIPTS[script]
    letters = st.characters(min_codepoint=first, max_codepoint=last, categories=["Lu", "Ll", "Lt", "Lo"])
    marked = st.builds("{}{}".format, letters, st.sampled_from(["", *marks]))
    words = st.lists(marked, min_size=2, max_size=6).map("".join)
    name = st.builds("{} {}".format, words, words).map(clean)
    return st.tuples(st.just(script), name)


def letters_of(text: str) -> Counter[str]:
    return Counter(unicodedata.normalize("NFKD", "".join(text.replace("\u2060", "").split())))


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


@settings(max_examples=48, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SCRIPTS)).flatmap(named_in))
def test_a_name_in_any_script_is_printed_with_every_letter_or_not_at_all(enrolment, generated):
    script, name = generated
    try:
        text = read(certificate(enrolment, name))
    except NotPossible as sentence:
        missing = re.search("no font here has “(.+)”. Ask", str(sentence))
        assert missing
        assert set(missing[1]) <= set(name), (script, name)
        return
    assert not letters_of(name) - letters_of(text), (script, name, text)
    if not SCRIPTS[script][2]:
        assert unicodedata.normalize("NFC", "".join(name.split())) in "".join(text.split()), (script, name, text)


def test_a_letter_alone_is_not_read_as_what_it_was_with_a_sign(enrolment):
    """The glyph of a letter stood for the letter and its sign wherever it was drawn again."""
    for name in ("जितेन्द्र राज", "ষিতা ষউ", "אַבְרָהָם אבן", "مُحَمَّد محمد"):
        text = read(certificate(enrolment, name))
        assert not letters_of(name) - letters_of(text), (name, text)
        assert text.count(name[0]) == name.count(name[0]), (name, text)


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
