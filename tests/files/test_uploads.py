"""What people upload is checked by its content; what is refused is refused with a sentence."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from steppingup.files.actions.files import store
from steppingup.files.kinds import recognise
from steppingup.files.models import StoredFile
from steppingup.files.names import LONGEST, clean_name
from steppingup.files.rules import CV, LOGO, FileRule
from tests.files.uploads import docx, pdf, png, upload

BOMB = docx(parts={"word/media/bomb.png": b"0" * 70_000_000})
ASSIGNMENT = FileRule(kinds=frozenset({"pdf", "docx"}), min_pages=9, max_pages=10)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%s</svg>'


@pytest.mark.parametrize(
    ("content", "rule", "sentence"),
    [
        (b"", CV, "empty"),
        (b"  \n ", CV, "empty"),
        (b"MZ\x90\x00" + b"\x00" * 400, CV, "This file is a program. Upload a PDF or a Word document."),
        (png(), CV, "This file is a picture. Upload a PDF or a Word document."),
        (b"<html><script>alert(1)</script></html>", CV, "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, CV, "old format"),
        (pdf(password="secret"), CV, "protected by a password"),
        (pdf(pages=2)[:-200], CV, "damaged"),
        (b"%PDF-1.7\nnonsense\n%%EOF", CV, "damaged"),
        (pdf(pages=0), CV, "damaged"),
        (pdf(pages=21), CV, "21 pages. Upload one that has up to 20 pages"),
        (BOMB, CV, "unpacks to far too much"),
        (docx()[:-40], CV, "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), CV, "protected by a password"),
        (b"%PDF-" + b"0" * 5_000_001, CV, "Upload a file of no more than 5 MB"),
        (pdf(pages=8), ASSIGNMENT, "8 pages. Upload one that has 9 to 10 pages"),
        (docx(pages=None), ASSIGNMENT, "cannot count the pages"),
        (SVG % b"<script>alert(1)</script>", LOGO, "more than a drawing"),
        (SVG % b'<g onload="alert(1)"/>', LOGO, "more than a drawing"),
        (SVG % b'<image href="https://elsewhere.example/x.png"/>', LOGO, "more than a drawing"),
        (SVG % b'<rect style="fill:url(https://elsewhere.example/x)"/>', LOGO, "more than a drawing"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"&a;", LOGO, "more than a drawing"),
        (png()[:60], LOGO, "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_or_useless_upload_is_refused_with_a_sentence(content, rule, sentence, db):
    with pytest.raises(ValidationError) as refusal:
        store(upload=upload(content), rule=rule, by=None)
    assert sentence in refusal.value.messages[0]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "rule", "pages"),
    [
        (pdf(pages=2), CV, 2),
        (docx(pages=3), CV, 3),
        (docx(pages=None), CV, None),
        (pdf(pages=9), ASSIGNMENT, 9),
        (png(), LOGO, None),
        (SVG % b'<rect fill="url(#a)" width="3" height="3"/>', LOGO, None),
    ],
)
@pytest.mark.requirement("B22")
@pytest.mark.requirement("B43")
def test_an_honest_upload_is_kept_with_its_pages_counted(content, rule, pages, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stored = store(upload=upload(content, "../../etc/My CV.exe"), rule=rule, by=None)
    assert stored.pages == pages
    assert stored.name.startswith("My CV.")
    assert "CV" not in stored.file.name
    assert recognise(stored.file.read()).content_type == stored.content_type
    assert stored.content_type == recognise(content).content_type


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (CV, "A PDF or a Word document, up to 5 MB, up to 20 pages."),
        (FileRule(frozenset({"pdf"}), min_pages=9, max_pages=10), "A PDF, up to 5 MB, 9 to 10 pages."),
        (FileRule(frozenset({"pdf"}), min_pages=2), "A PDF, up to 5 MB, 2 pages or more."),
        (LOGO, "A PNG picture, a JPEG picture or an SVG drawing, up to 500 KB."),
    ],
)
def test_a_rule_says_in_words_what_it_takes(rule, hint):
    assert rule.hint == hint


@given(st.text(max_size=400))
def test_a_cleaned_name_is_always_harmless(raw):
    name = clean_name(raw, "pdf")
    stem = name.removesuffix(".pdf")
    assert name.endswith(".pdf")
    assert stem.strip(" .-")
    assert len(name) <= LONGEST + 10
    assert not any(c in name for c in '/\\<>:"|?*\n\r\t\x00\u202e')
    assert not stem.startswith(".")
    assert clean_name(name, "pdf") == name


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\CV final.docx", "CV final.pdf"),
        ("cv.pdf.exe", "cv.pdf.pdf"),
        ("  .hidden", "hidden.pdf"),
        ("Zoë’s CV.pdf", "Zoë’s CV.pdf"),
        ("annexe\u202efdp.exe", "annexefdp.pdf"),
        ("", "document.pdf"),
        ("x" * 400 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_names_lose_folders_and_tricks(raw, cleaned):
    assert clean_name(raw, "pdf") == cleaned
