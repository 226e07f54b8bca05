"""An action plan as a document, in the order of its source (R1): Word here, the tagged PDF from a template."""

import io
from collections.abc import Iterable

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.table import _Row
from docx.text.paragraph import Paragraph

from representation.models import TEXTS, ActionItem, ActionPlan
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


def as_word(plan: ActionPlan, parts: Iterable[tuple[str, list[ActionItem]]]) -> bytes:
    """The plan as a Word document, lying: a heading and a table of six columns for each part."""
    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, page.page_height, page.page_width
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
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
