"""Action plans and papers as documents: Word here, tagged PDFs from templates (R1)."""

import io
from collections.abc import Iterable
from typing import Any

from docx import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.shared import Mm
from docx.table import _Row
from docx.text.paragraph import Paragraph

from representation.blocks import Block
from representation.models import TEXTS, ActionItem, ActionPlan, Paper
from representation.papers import Document, meeting_words
from representation.reading.columns import COLUMNS
from steppingup.formats import english

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _repeated(row: _Row) -> None:
    """The headings stand again on each page, and a screen reader knows them as headings."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _bold(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.bold = True


def _lying() -> Any:
    """A4 across: tables of six columns and more stand in it. The library's own page is American."""
    document = WordDocument()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(18)
    return document


def as_word(plan: ActionPlan, parts: Iterable[tuple[str, list[ActionItem]]]) -> bytes:
    """The plan as a Word document, lying: a heading and a table of six columns for each part."""
    document = _lying()
    document.core_properties.title, document.core_properties.author = plan.name, plan.provider.name
    document.core_properties.language = "en-GB"
    document.add_heading(plan.name, 0)
    if plan.about:
        document.add_paragraph(english.plain(plan.about))
    for title, items in parts:
        if title:
            document.add_heading(title, 1)
        table = document.add_table(rows=1, cols=len(TEXTS), style="Table Grid")
        for cell, heading in zip(table.rows[0].cells, COLUMNS.values(), strict=True):
            cell.text = heading
            _bold(cell.paragraphs[0])
        _repeated(table.rows[0])
        for item in items:
            for cell, name in zip(table.add_row().cells, TEXTS, strict=True):
                cell.text = getattr(item, name)
    return _bytes_of(document)


def paper_as_word(paper: Paper, shown: Document) -> bytes:
    """A paper as a Word document: headings, tables whose first row is repeated, and the sources at the end. A picture is left to its table."""
    document = _lying()
    document.core_properties.title, document.core_properties.author = shown.title, paper.provider.name
    document.core_properties.language = "en-GB"
    document.add_heading(shown.title, 0)
    document.add_paragraph(meeting_words(shown))
    if shown.opening:
        document.add_paragraph(shown.opening)
    for part in shown.parts:
        document.add_heading(part.heading, 1)
        if part.words:
            document.add_paragraph(part.words)
        mark = f" [{part.source}]" if part.source else ""
        for block in part.blocks:
            _write(document, block, mark)
    if shown.sources:
        document.add_heading("Where the figures come from", 1)
        for number, source in enumerate(shown.sources, 1):
            document.add_paragraph(f"[{number}] {source}")
    document.add_paragraph(ending_of(paper))
    return _bytes_of(document)


def around(document: Document) -> dict[str, Any]:
    """What the pages and the print of a paper say."""
    paper = document.paper
    return {
        "document": document,
        "provider": paper.provider,
        "paper": paper,
        "meeting": meeting_words(document),
        "ending": ending_of(paper),
    }


def ending_of(paper: Paper) -> str:
    """“Number K7Q2, issued on 3 May 2031. SHA-256 …”; a draft says that it is one."""
    if paper.is_draft:
        return f"Number {paper.reference}. This is a draft."
    return f"Number {paper.reference}, issued on {english.day_date(paper.issued_at)}. SHA-256 {paper.digest}"


def _write(document: Any, block: Block, mark: str) -> None:
    kind = block["kind"]
    if kind == "sentence":
        document.add_paragraph(f"{block['text']}{mark}")
    elif kind == "note":
        document.add_paragraph(block["text"])
    elif kind == "table":
        document.add_paragraph(f"{block['caption']}{mark}")
        table = document.add_table(rows=1, cols=len(block["heads"]), style="Table Grid")
        for cell, heading in zip(table.rows[0].cells, block["heads"], strict=True):
            cell.text = heading
            _bold(cell.paragraphs[0])
        _repeated(table.rows[0])
        for row in block["rows"]:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
    elif kind == "told":
        document.add_heading(block["title"], 2)
        for words in (block["text"], block["quote"] and f"“{block['quote']}”", block["byline"]):
            if words:
                document.add_paragraph(words)


def _bytes_of(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
