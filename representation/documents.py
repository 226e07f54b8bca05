"""Action plans and papers as documents: Word here, tagged PDFs from templates (R1)."""

import io
import re
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
from representation.reading.document import section_of
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.site.export import CONTROL

NEW_LINES = re.compile(r"\r\n|[\r\x0b\x0c]")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _plain(text: str) -> str:
    """As Word can keep it: a new line is one, however a browser sends it, and signs that control a printer are left out."""
    return CONTROL.sub("", NEW_LINES.sub("\n", text))


def _section(title: str) -> str:
    """The heading of a section, so that it is one again where the document is read in: “Section 2 Mentoring”."""
    return _plain(title if section_of(title) else f"Section {title}")


def _repeated(row: _Row) -> None:
    """The headings stand again on each page, and a screen reader knows them as headings."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _bold(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.bold = True


def _name(document: Any, title: str, provider: Organisation) -> None:
    """What it says of itself; Word keeps 255 characters of it."""
    about = document.core_properties
    about.title, about.author, about.language = _plain(title)[:255], provider.name[:255], "en-GB"


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
    _name(document, plan.name, plan.provider)
    document.add_heading(_plain(plan.name), 0)
    if plan.about:
        document.add_paragraph(_plain(english.plain(plan.about)))
    for title, items in parts:
        if title:
            document.add_heading(_section(title), 1)
        table = document.add_table(rows=1, cols=len(TEXTS), style="Table Grid")
        for cell, heading in zip(table.rows[0].cells, COLUMNS.values(), strict=True):
            cell.text = heading
            _bold(cell.paragraphs[0])
        _repeated(table.rows[0])
        for item in items:
            for cell, name in zip(table.add_row().cells, TEXTS, strict=True):
                cell.text = _plain(getattr(item, name))
    return _bytes_of(document)


def paper_as_word(paper: Paper, shown: Document) -> bytes:
    """A paper as a Word document: headings, tables whose first row is repeated, and the sources at the end. A picture is left to its table."""
    document = _lying()
    _name(document, shown.title, paper.provider)
    document.add_heading(_plain(shown.title), 0)
    document.add_paragraph(_plain(meeting_words(shown)))
    if shown.opening:
        document.add_paragraph(_plain(shown.opening))
    for part in shown.parts:
        document.add_heading(_plain(part.heading), 1)
        if part.words:
            document.add_paragraph(_plain(part.words))
        mark = f" [{part.source}]" if part.source else ""
        for block in part.blocks:
            _write(document, block, mark)
    if shown.sources:
        document.add_heading("Where the figures come from", 1)
        for number, source in enumerate(shown.sources, 1):
            document.add_paragraph(_plain(f"[{number}] {source}"))
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
        document.add_paragraph(_plain(f"{block['text']}{mark}"))
    elif kind == "note":
        document.add_paragraph(_plain(block["text"]))
    elif kind == "table":
        document.add_paragraph(_plain(f"{block['caption']}{mark}"))
        table = document.add_table(rows=1, cols=len(block["heads"]), style="Table Grid")
        for cell, heading in zip(table.rows[0].cells, block["heads"], strict=True):
            cell.text = heading
            _bold(cell.paragraphs[0])
        _repeated(table.rows[0])
        for row in block["rows"]:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = _plain(words)
    elif kind == "told":
        document.add_heading(_plain(block["title"]), 2)
        for words in (block["text"], block["quote"] and f"“{block['quote']}”", block["byline"]):
            if words:
                document.add_paragraph(_plain(words))


def _bytes_of(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
