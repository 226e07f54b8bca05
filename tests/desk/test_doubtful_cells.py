"""What cannot be read surely is refused with its line and column, never guessed, and never taken for empty."""

import io
import time
import zipfile
from contextlib import suppress
from itertools import product

import pytest

from modules.models import Course
from steppingup.desk.cells import Unread, doubt
from steppingup.files.apart.alphabets import USUAL
from steppingup.files.apart.limits import Refused
from steppingup.files.apart.tables import from_csv, from_workbook
from tests.desk.test_importing import HEAD, confirm, read_in, workbook, written
from tests.factories.accounts import ProviderFactory, staff
from tests.files.hostile import zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    return ProviderFactory()


@pytest.fixture
def desk(in_admin, provider):
    return in_admin(staff(provider=provider))


#: Names and titles as people have them, each alone in its file, where nothing else tells what it was saved in.
WORDS = """José|Zoë|Renée|Élodie|Händel|Özil|Jörg|Müller|ÉLAN|ZOË|RENÉ|Ärzte|Bäcker|Françoise|Çelik|Øystein|Østergaard|Kjær|Ærø|Åse
Åström|Siân|Gruffydd Siôn|Ng’ang’a|O’Brien|Núñez|Ñandú|Muñoz|Iñaki|Þór|Þórdís|Guðrún|naïve|façade|café|crème brûlée|£250|£5 a day
½ day|10 °C|Training – part 2|“Quoted”|Don’t|and so on…|• bullet|Straße|Größe|Übung|über|João|Conceição|São|Mãe|Björk|Señor|Noël
Loïc|Anaïs|Maëlle|Gaël|Raphaël|Chloë|André|ANDRÉ|MÜLLER|JOSÉ|FRANÇOIS|Léa|Inès|Hélène|Adèle|Eugène|Frédéric|Benoît|Côme|Gérard|Ümit
Ömer|Søren|Lærke|Ødegaard|Håkon|Pål|Bjørn|Jürgen|Günther|Käthe|Jäger|Schröder|Köln|Zürich|Málaga|Sofía|Lucía|María|Ángel|Óscar|Úrsula
À la carte|voilà|São Paulo|Ó Briain|Ó Súilleabháin|Ní Mháille|Seán|Caitríona|Áine|Órla|Éabha|Pádraig|Dún Laoghaire|TÂN|tân|€40|40 €
l’été|¿Qué?|¡Hola!|x² + y²|n°5|© 2026|Leading™|«guillemets»|Work–life|A—B|“É”|(Élan)|É|Ñ|ö|Łukasz|Wałęsa|Dvořák|Gülşen|Şahin|Иван
Ελένη|Žižek|Šarić""".replace("\n", "|").split("|")


def read_or_refused(content: bytes) -> str | None:
    try:
        [sheet] = from_csv(content)
    except Refused:
        return None
    return sheet["rows"][1][1]


def test_no_name_is_read_in_another_alphabet_than_it_was_saved_in():
    """Windows ends lines in two signs or one, MS-DOS in two, Macs in any way."""
    read, tried, wrong = 0, 0, []
    for alphabet, ends in ((USUAL, ("\r\n", "\n")), ("cp850", ("\r\n", "\n")), ("mac_roman", ("\r\n", "\n", "\r"))):
        for word, end in product(WORDS, ends):
            with suppress(UnicodeEncodeError):
                content = f"code,title{end}A1,{word}{end}A2,Leading{end}".encode(alphabet)
                found = read_or_refused(content)
                tried, read = tried + (alphabet == USUAL), read + (alphabet == USUAL and found == word)
                wrong += [(alphabet, end, word, found)] if found not in (None, word) else []
    assert not wrong, wrong
    assert read > tried * 0.9  # what most people have


@pytest.mark.parametrize("separator", ",;\t|")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "broken",
    [
        'A2{}"Coaching',
        'A2{}"Coaching{}6',
        'A2{} "Coaching{}6',
        '"A2{}Coaching{}6',
        'A2{}"Coaching" for all{}6',
        'A2{}"5" wide"{}6',
    ],
)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_quotation_mark_without_its_partner_is_named_by_its_line_and_takes_nothing_in(separator, end, broken, after):
    rows = [
        "code{}title{}hours",
        'A1{}"On two\nlines"{}5',
        broken,
        *(f'B{number}{{}}"Leading"{{}}4' for number in range(after)),
    ]
    content = end.join(row.format(*[separator] * 2) for row in rows)
    for named, line in (("", 4), (f"sep={separator}{end}", 5)):
        with pytest.raises(Refused, match=f"line {line} a quotation mark has no partner"):
            from_csv((named + content).encode())


@pytest.mark.parametrize("cell", ['5" pipe', 'Say ""yes""', '6"', "O'Brien", '"Say ""yes"""', ' "a, b"', '""'])
def test_a_quotation_mark_that_is_part_of_the_text_stays(cell):
    [sheet] = from_csv(f"code,title,hours\nA1,{cell},4\nA2,Leading,5\n".encode())
    read = {'"Say ""yes"""': 'Say "yes"', ' "a, b"': "a, b", '""': ""}.get(cell, cell)
    assert sheet["rows"][1:] == [["A1", read, "4"], ["A2", "Leading", "5"]]


@pytest.mark.parametrize(
    ("name", "alphabet"), [("Иван Петров", "cp1251"), ("Ελένη", "cp1253"), ("Wałęsa", "cp1250"), ("山田", "shift-jis")]
)
def test_other_alphabets_are_read_as_none_of_ours(name, alphabet):
    assert read_or_refused(f"code,title\r\nA1,{name}\r\n".encode(alphabet)) is None


def test_a_word_without_an_end_is_weighed_in_a_moment():
    begun = time.process_time()
    for letters in ("é", "’", "–é", "1é"):
        read_or_refused((letters * 100_000).encode("cp1252"))
    assert time.process_time() - begun < 4


def test_half_a_sign_of_utf_16_is_not_put_up_with():
    content = "code,title\r\nA1,Zoë\r\n".encode("utf-16-le")
    for broken in (content + b"\x00\xd8", b"\xff\xfe" + content + b"\x00\xd8"):
        assert read_or_refused(broken) is None


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n", "sep=;\r"])
def test_a_separator_is_named_as_programs_name_it(line):
    [sheet] = from_csv(f"{line}a;b,c\r\n1;2,3\r\n".encode())
    assert sheet["rows"] == [["a", "b,c"], ["1", "2,3"]]


# -- cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Unread("#N/A"), "a formula here without a result (#N/A)"),
        (4.41179601234e18, "has shortened this number"),
        ("Jos\ufffd", "A letter was lost in “Jos\ufffd”"),
        ("JosÃ© Núñez".replace("Núñez", "NÃºÃ±ez"), "If it is “José Núñez”, type that."),
        ("Donâ€™t", "If it is “Don’t”, type that."),
    ],
)
def test_a_cell_of_which_nobody_can_be_sure_is_asked_about_whatever_its_column_is_for(value, sentence):
    assert sentence in doubt(value)


@pytest.mark.parametrize("value", ["José", "Ã", "Â£5", None, "", 7, 7.5, 441179601234.0, True, "Zoë’s “Mut” – 1"])
def test_what_may_be_meant_is_not_asked_about(value):
    assert bool(doubt(value)) is (value == "Â£5")


def with_cells(cells: bytes) -> bytes:
    """A workbook whose second row has these cells, as a program writes them that works nothing out."""
    content = workbook([HEAD + ["guided_hours"], ["A1", "Leading", 5, 4, 18]])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    before, cell, after = parts[name].partition(b'<c r="E2"')
    parts[name] = before + cells + after.partition(b"</c>")[2]
    assert cell
    return zipped(parts)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (b'<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', [{"unread": "#DIV/0!"}]),
        (b'<c r="E2" t="e"><v>#REF!</v></c>', [{"unread": "#REF!"}]),
        (b'<c r="E2"><f>VLOOKUP(A2,B:C,2)</f></c>', [{"unread": ""}]),
        (b'<c r="E2" s="0"><f t="shared" si="0"/><v></v></c>', [{"unread": ""}]),
        (b'<c r="E2"><f>9*2</f><v>18</v></c>', [18.0]),
        (b'<c r="E2" t="str"><f>""</f><v></v></c>', []),
        (b'<c r="E2"/>', []),
    ],
)
def test_a_formula_without_a_result_is_no_empty_cell(cells, read):
    [sheet] = from_workbook(with_cells(cells))
    assert sheet["rows"][1][4:] == read


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body><office:spreadsheet><table:table table:name="S">%s</table:table>
 </office:spreadsheet></office:body></office:document-content>"""
MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""


def test_nor_is_it_in_a_workbook_of_libreoffice():
    cells = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=9*2"/><table:table-cell table:formula="of:=9*2" office:value-type="float" office:value="18"/>'
    )
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": MANIFEST.encode()}
    one = '<table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="string"><text:p>b</text:p></table:table-cell></table:table-row>'
    [sheet] = from_workbook(
        zipped({**parts, "content.xml": (ODS % f"{one}<table:table-row>{cells}</table:table-row>").encode()})
    )
    assert sheet["rows"] == [["b"]] * 3 + [["a", "a", {"unread": "#DIV/0!"}, {"unread": ""}, 18.0]]


def test_a_course_keeps_its_hours_when_a_formula_has_failed(desk, provider):
    course = Course.objects.create(provider=provider, code="A1", title="Old", level=5, credits=4, guided_hours=18)
    page = read_in(desk, with_cells(b'<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'))
    assert "a formula here without a result (#DIV/0!)" in page.text
    course.refresh_from_db()
    assert (course.title, course.guided_hours) == ("Old", 18)


def test_a_comma_too_many_moves_nothing_into_the_next_column(desk, provider):
    head = [*HEAD, "guided_hours", "summary"]
    lost = b"A1,Leading,5,4,18,For managers, and others\r\n"
    page = read_in(desk, written([head]).encode() + lost, "courses.csv")
    assert "more cells than there are columns (“and others”)" in page.text
    assert (
        "Imported: 1 new"
        in confirm(desk, read_in(desk, written([head, ["A1", "L", 5, 4, 18, "a", ""]]).encode(), "a.csv")).text
    )
    assert Course.objects.get().summary == "a"
