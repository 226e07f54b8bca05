"""Tables of Word documents are read with all that a reader of the document sees, however it came to stand there."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from steppingup.files.apart.limits import Refused
from steppingup.files.apart.tables import BEGINS, NEXT_TABLE, from_csv, from_text, from_word

W = nsdecls("w")


def rows_of(document) -> list[list[str]]:
    out = io.BytesIO()
    document.save(out)
    (sheet,) = from_word(out.getvalue())
    return sheet["rows"]


def with_cell(*pieces: str) -> list[list[str]]:
    """What is read of a table of two cells, whose first paragraph has these pieces of XML."""
    document = Document()
    table = document.add_table(rows=1, cols=2)
    for piece in pieces:
        table.cell(0, 0).paragraphs[0]._p.append(parse_xml(piece))
    return rows_of(document)


RUN = "<w:r><w:t>kept</w:t></w:r>"


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        (f'<w:ins {W} w:id="1" w:author="x">{RUN}</w:ins>', "kept"),
        (f'<w:moveTo {W} w:id="1" w:author="x">{RUN}</w:moveTo>', "kept"),
        (f'<w:moveFrom {W} w:id="1" w:author="x">{RUN}</w:moveFrom>', ""),
        (f'<w:del {W} w:id="1" w:author="x"><w:r><w:delText>gone</w:delText></w:r></w:del>', ""),
        (f"<w:sdt {W}><w:sdtPr/><w:sdtContent>{RUN}</w:sdtContent></w:sdt>", "kept"),
        (f'<w:smartTag {W} w:element="place">{RUN}</w:smartTag>', "kept"),
        (f'<w:hyperlink {W} w:anchor="a">{RUN}</w:hyperlink>', "kept"),
        (f'<w:r {W}><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        (f'<w:r {W}><w:sym w:font="Wingdings" w:char="F0AA"/></w:r>', "\ufffd"),
        (f"<w:r {W}><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:br/><w:t>two</w:t><w:tab/></w:r>", "co-op\ntwo\t"),
        (f"<w:r {W}><w:pict><w:txbxContent><w:p>{RUN}</w:p></w:txbxContent></w:pict></w:r>", "kept"),
    ],
)
def test_what_a_reader_sees_is_read_and_what_was_deleted_is_not(piece, said):
    assert with_cell(piece) == [[said, ""]]


def test_a_table_in_a_cell_and_controls_around_cells_are_read():
    document = Document()
    table = document.add_table(rows=2, cols=2)
    inner = table.cell(0, 0).add_table(rows=2, cols=2)
    for at, words in enumerate(("a", "b", "c", "d")):
        inner.cell(at // 2, at % 2).text = words
    table.cell(1, 0).text, table.cell(1, 1).text = "first", "second"
    cell = table.rows[1]._tr.tc_lst[0]
    control = parse_xml(f"<w:sdt {W}><w:sdtContent/></w:sdt>")
    cell.addprevious(control)
    control[0].append(cell)
    assert rows_of(document) == [["a\tb\nc\td", ""], ["first", "second"]]


def test_rows_keep_their_width_and_merged_cells_say_what_they_say_once():
    document = Document()
    document.add_paragraph("A title")
    table = document.add_table(rows=4, cols=3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "From end to end"
    table.cell(1, 0).text = "only the first"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "down"
    table.cell(2, 2).text, table.cell(3, 1).text = "c", "b"
    row = table.rows[1]._tr
    assert rows_of(document) == [
        ["A title"],
        ["From end to end"],
        ["only the first", "", ""],
        ["down", "", "c"],
        ["", "b", ""],
    ]
    row.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {W} w:val="1"/>'))
    row.remove(row.tc_lst[-1])
    assert rows_of(document)[2] == ["", "only the first", ""]


def test_a_second_table_is_told_from_the_first():
    document = Document()
    for words in ("one", "two"):
        document.add_table(rows=1, cols=2).cell(0, 0).text = words
        document.add_paragraph("between")
    assert rows_of(document) == [["one", ""], ["between"], NEXT_TABLE, ["two", ""], ["between"]]


@pytest.mark.parametrize("begin", BEGINS)
@pytest.mark.parametrize("reader", [from_csv, from_text])
def test_what_is_no_text_is_said_to_be_what_it_is(begin, reader):
    with pytest.raises(Refused, match=f"This file is {BEGINS[begin].split(' (')[0]}"):
        reader(begin + b"\t1,2\n")
