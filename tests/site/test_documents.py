import base64
import io
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings as configured
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from weasyprint.text.fonts import FontConfiguration

from steppingup.site import pdf, printing
from steppingup.site.printing import Refused

FONTS = Path(configured.BASE_DIR) / "static/fonts/source-serif-4"
BASE = '{% extends "pdf/base.html" %}{% block title %}Agreement{% endblock %}{% block content %}CONTENT{% endblock %}'


def document(settings, tmp_path, content: str) -> bytes:
    (tmp_path / "document.html").write_text(BASE.replace("CONTENT", content), encoding="utf-8")
    templates = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    settings.TEMPLATES = templates
    assert engines["django"]
    return pdf.render_pdf("document.html", {})


def faces(content: bytes) -> list[str]:
    """The names of the fonts that are embedded."""
    fonts = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values()
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in (font.get_object() for font in fonts)]
    return sorted(found["/FontName"].partition("+")[2] for found in descriptors if "/FontFile2" in found)


def test_a_document_is_tagged_titled_and_says_its_language(settings, tmp_path):
    reader = PdfReader(io.BytesIO(document(settings, tmp_path, "<h1>Zoë Łukasz</h1><p>18½ days, £2,500</p>")))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == "Agreement"
    assert "Zoë Łukasz" in reader.pages[0].extract_text()


def test_every_face_is_a_font_of_ours_and_only_those_that_a_document_uses_are_in_it(settings, tmp_path):
    names = "Zoë Łukasz Ọ̀ṣun"
    everything = document(settings, tmp_path, f"<p>{names} <em>{names}</em> <strong>{names}</strong></p>")
    kinds = ("Source-Serif", "Source-Serif-Ext", "Source-Serif-Marks")
    assert faces(everything) == sorted(f"{kind}{style}" for kind in kinds for style in ("", "-Italic", "-Semi-Bold"))
    # The sender stands in bold at the top.
    assert faces(document(settings, tmp_path, "<p>Plain words</p>")) == ["Source-Serif", "Source-Serif-Semi-Bold"]


def test_a_second_document_reads_no_stylesheet_and_no_font(settings, tmp_path, monkeypatch):
    document(settings, tmp_path, "<p>Once</p>")
    done = Counter()

    def counted(where, name):
        original = getattr(where, name)

        def call(*args, **kwargs):
            done[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(where, name, call)

    for where, name in (
        (tinycss2, "parse_stylesheet"),
        (tinycss2, "parse_stylesheet_bytes"),
        (FontConfiguration, "add_font_face"),
        (printing, "_static_file"),
    ):
        counted(where, name)
    document(settings, tmp_path, "<p>Twice</p>")
    assert done == {}
    monkeypatch.setattr(printing, "HOUR", 1e-6)
    document(settings, tmp_path, "<p>An hour later</p>")
    assert done.keys() == {"parse_stylesheet_bytes", "add_font_face", "_static_file"}


def test_threads_print_one_after_the_other_each_its_own_document(settings, tmp_path, monkeypatch):
    """Pango's map of fonts, which they share, is not made for two threads at once."""
    document(settings, tmp_path, "{{ words }}")
    drawing, most, draw = [], [], printing.HTML.render

    def watched(*args, **kwargs):
        drawing.append(1)
        most.append(len(drawing))
        content = draw(*args, **kwargs)
        drawing.pop()
        return content

    monkeypatch.setattr(printing.HTML, "render", watched)

    def text_of(words: str) -> str:
        return PdfReader(io.BytesIO(pdf.render_pdf("document.html", {"words": words}))).pages[0].extract_text()

    wanted = [f"Document {number} of Zoë Łukasz" for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        for words, text in zip(wanted, threads.map(text_of, wanted), strict=True):
            assert words in text
    assert set(most) == {1}


def test_no_document_has_a_stylesheet_of_its_own():
    """It would be read for each document; static/css/print.css is read once."""
    found = [path for path in (Path(configured.BASE_DIR) / "templates").rglob("*.html") if _is_printed(path)]
    assert len(found) >= 4
    assert [str(path) for path in found if re.search(r'<style|rel="?stylesheet', path.read_text())] == []


def _is_printed(path: Path) -> bool:
    return path.match("pdf/base.html") or '{% extends "pdf/base.html" %}' in path.read_text()


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x.png", "file:///etc/hostname", "../manage.py", "%2e%2e/manage.py", "//example.org/x.png"],
)
def test_a_document_fetches_nothing_but_the_site_s_own_files(settings, tmp_path, address):
    with pytest.raises(Refused):
        document(settings, tmp_path, f'<img src="{address}" alt="">')


@pytest.mark.parametrize("inside", [True, False], ids=["in the document", "of the site"])
def test_a_document_brings_no_fonts_into_those_of_others(settings, tmp_path, inside):
    font = FONTS / "source-serif-4-latin-400-italic.ttf"
    data = base64.b64encode(font.read_bytes()).decode()
    address = f"data:font/ttf;base64,{data}" if inside else f"fonts/source-serif-4/{font.name}"
    with pytest.raises(Refused):
        document(
            settings, tmp_path, f"<style>@font-face {{ font-family: 'Source Serif'; src: url({address}) }}</style>"
        )


def where_it_stands(line: str) -> list[tuple[str, float]]:
    """Each letter of a line with the moves before it, and what is left to move after the last."""
    found, at = [], 0.0
    for letters, move in printing.PART.findall(line):
        at += float(move or 0)
        found += [(letter, round(at, 1)) for letter in re.findall("....", letters)]
    return [*found, ("", round(at, 1))]


PARTS = st.one_of(
    st.sampled_from(["<>", "<000c>", "<008e007d>"]),
    st.floats(-900, 900).map(lambda move: f"{round(move, 6)}"),
)


@given(st.lists(PARTS, max_size=12))
def test_no_text_of_a_line_is_without_letters_and_each_letter_stands_where_it_stood(parts):
    line = "".join(f"{part}" if part.startswith("<") else f"<>{part}<>" for part in parts)
    written = printing.without_gaps(line)
    assert "<>" not in written
    pairs = zip(where_it_stands(written), where_it_stands(line), strict=True)
    assert all(one == other and abs(at - was) <= 0.2 for (one, at), (other, was) in pairs)


def test_a_name_with_marks_is_drawn_without_texts_that_have_no_letters(settings, tmp_path):
    """PDFium forgets the move after them, and the next letter would stand upon the mark."""
    printed = document(settings, tmp_path, "<p>Ọlájùmọ̀kẹ́ Ṣẹ̀gẹ́lọ́lá</p>")
    drawn = PdfReader(io.BytesIO(printed)).pages[0].get_contents().get_data()
    assert b"TJ" in drawn
    assert b"<>" not in drawn
