import io

import pytest
from django.template import engines
from pypdf import PdfReader

from steppingup.site import pdf

BASE = '{% extends "pdf/base.html" %}{% block title %}Agreement{% endblock %}{% block content %}CONTENT{% endblock %}'


def document(settings, tmp_path, content: str) -> bytes:
    (tmp_path / "document.html").write_text(BASE.replace("CONTENT", content), encoding="utf-8")
    templates = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    settings.TEMPLATES = templates
    assert engines["django"]
    return pdf.render_pdf("document.html", {})


def test_a_document_is_tagged_titled_and_carries_its_font(settings, tmp_path):
    reader = PdfReader(io.BytesIO(document(settings, tmp_path, "<h1>Zoë Łukasz</h1><p>18½ days, £2,500</p>")))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == "Agreement"
    fonts = [font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Source-Serif" in name or "SourceSerif" in name for name in fonts), fonts
    assert "Zoë Łukasz" in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x.png", "file:///etc/hostname", "../manage.py", "%2e%2e/manage.py", "//example.org/x.png"],
)
def test_a_document_fetches_nothing_but_the_site_s_own_files(settings, tmp_path, address):
    with pytest.raises(pdf.NotOurs):
        document(settings, tmp_path, f'<img src="{address}" alt="">')
