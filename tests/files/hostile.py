"""Two hundred files that nobody means well with, drawn from a seed."""

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests.files.uploads import RELATIONS, TYPES, W, docx, field, pdf, png, relations

PAGES = (
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
)
ROOT = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
END = b"trailer<</Root 1 0 R/Size 9>>\n%%EOF"


def raw_pdf(*objects: bytes, root: bytes = ROOT, pages: bytes = PAGES, end: bytes = END) -> bytes:
    """With a true table of where things are, so that a reader goes on to what they are."""
    found = b"%PDF-1.7\n" + b"\n".join([root, pages, *objects]) + b"\n"
    places = {int(one[1]): one.start(1) for one in re.finditer(rb"(?:^|\n|endobj )(\d+) 0 obj", found)}
    table = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in sorted(places.items()))
    end = end.replace(b"/Size 9", b"/Size %d" % (max(places) + 1))
    return found + b"xref\n" + table + end.replace(b"%%EOF", b"startxref\n%d\n%%%%EOF" % len(found))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width: int, height: int, data: bytes, *more: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zipped(parts: dict[str, bytes], *, lies: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found = out.getvalue()
    if lies:  # every length is said to be ten
        for size in {len(content) for content in parts.values()}:
            found = found.replace(struct.pack("<I", size), struct.pack("<I", 10))
    return found


def nested(levels: int) -> bytes:
    content = b"0" * 1_000_000
    for level in range(levels):
        content = zipped({f"{level}{copy}.zip": content for copy in range(3)})
    return content


def workbook(sheet: bytes) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = f'<workbook xmlns="{main}" xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
    return zipped(
        {
            "[Content_Types].xml": (TYPES % "spreadsheetml.sheet").encode(),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", "Internal")),
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", "Internal")),
            "xl/worksheets/sheet1.xml": b'<worksheet xmlns="%s">%s</worksheet>' % (main.encode(), sheet),
        }
    )


def pdfs() -> Iterator[tuple[str, bytes]]:
    yield "pages in a circle", raw_pdf(pages=b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj")
    yield (
        "pages in a wider circle",
        raw_pdf(
            pages=b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 9>>endobj 3 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj"
        ),
    )
    yield "a number of pages that is not true", pdf(2).replace(b"/Count 2", b"/Count 99999999")
    yield "negative pages", pdf(2).replace(b"/Count 2", b"/Count -2")
    for depth in (300, 5_000, 200_000):
        yield f"{depth} lists in lists", raw_pdf(b"4 0 obj" + b"[" * depth + b"]" * depth + b"endobj")
        yield f"{depth} dictionaries in dictionaries", raw_pdf(b"4 0 obj" + b"<</A" * depth + b">>" * depth + b"endobj")
    for number in (1_000, 30_000):
        yield (
            f"{number} things that lead to the next",
            raw_pdf(*(b"%d 0 obj<</A %d 0 R/S/JavaScript>>endobj" % (one, one + 1) for one in range(4, number))),
        )
    yield (
        "an outline in a circle",
        raw_pdf(
            b"4 0 obj<</First 4 0 R/Next 4 0 R/Parent 4 0 R/A<</S/JavaScript/JS(x)/Next 4 0 R>>>>endobj",
            root=b"1 0 obj<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>endobj\n",
        ),
    )
    for times in (1, 3):  # a megabyte of nothing, packed again and again
        packed = b"0" * 20_000_000
        for _ in range(times):
            packed = zlib.compress(packed)
        filters = b"/FlateDecode " * times
        yield (
            f"content that unpacks {times} times",
            raw_pdf(b"4 0 obj<</Length %d/Filter[%s]>>stream\n%s\nendstream endobj" % (len(packed), filters, packed)),
        )
        yield (
            f"objects in what unpacks {times} times",
            raw_pdf(
                b"4 0 obj<</Type/ObjStm/N 99/First 9/Length %d/Filter[%s]>>stream\n%s\nendstream endobj"
                % (len(packed), filters, packed)
            ),
        )
    yield "a length that is itself", raw_pdf(b"4 0 obj<</Length 4 0 R>>stream\nx\nendstream endobj")
    yield (
        "a table of places in a circle",
        pdf(1).replace(b"trailer\n<<", b"trailer\n<</Prev 9 ") + b"\nstartxref\n9\n%%EOF",
    )
    yield "a size of billions", raw_pdf(end=b"trailer<</Root 1 0 R/Size 2147483647>>\n%%EOF")
    yield "two million numbers", raw_pdf(b"4 0 obj[" + b"1 " * 1_500_000 + b"]endobj")
    yield "a name of a megabyte", raw_pdf(b"4 0 obj/" + b"a" * 1_000_000 + b" endobj")
    yield "a text without end", raw_pdf(b"4 0 obj(" + b"(" * 500_000)
    yield (
        "a lock that is none",
        raw_pdf(end=b"trailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 9/R 9/O()/U()/P 0>>>>\n%%EOF"),
    )
    yield "a web page that says it is a PDF", b"<html><script>alert(1)</script>%PDF-1.7\n%%EOF"
    yield "a PDF that is an archive too", pdf(1) + zipped({"a.exe": b"MZ"}) + b"\n%%EOF"
    yield "a PDF behind a kilobyte", b"x" * 900 + pdf(1)
    yield "a PDF with a program before it", b"MZ" + pdf(1)


def documents() -> Iterator[tuple[str, bytes]]:
    yield "a bomb", docx(parts={"word/media/a.png": b"0" * 70_000_000})
    yield "a bomb of text", docx(parts={"word/document.xml": b"<w:document xmlns:w='x'>" + b" " * 30_000_000})
    yield "a bomb that lies", zipped({"word/document.xml": b"0" * 5_000_000, "[Content_Types].xml": b"<a/>"}, lies=True)
    yield "archives in archives", nested(4)
    yield "thousands of parts", docx(parts={f"word/{one}.xml": b"<a/>" for one in range(4_000)})
    for depth in (300, 100_000):
        yield f"{depth} elements deep", docx(text="<w:p>" * depth + "</w:p>" * depth)
    yield (
        "a billion laughs",
        docx(
            parts={
                "word/styles.xml": b"<!DOCTYPE a [<!ENTITY a0 'ha'>"
                + b"".join(b"<!ENTITY a%d '%s'>" % (one, b"&a%d;" % (one - 1) * 10) for one in range(1, 10))
                + b"]><a>&a9;</a>"
            }
        ),
    )
    yield (
        "somebody else's file",
        docx(parts={"word/styles.xml": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"}),
    )
    yield (
        "entities in UTF-16",
        docx(
            parts={
                "word/styles.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(
                    "utf-16"
                )
            }
        ),
    )
    yield "attributes without number", docx(text="<w:p " + " ".join(f'a{one}="1"' for one in range(50_000)) + "/>")
    yield "fields in fields", docx(text="".join(field("IF ")[:-6] for _ in range(200)) + "</w:p>" * 200)
    yield "two of one name", docx()[:-22] + docx()
    yield "names that climb", docx(parts={"word/../../../etc/cron.d/a.xml": b"<a/>"})
    yield "no relationships", zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"})
    yield "no XML", zipped({"[Content_Types].xml": b"\x00\xff", "word/document.xml": b"\x00" * 99})
    yield "relations that are none", docx(parts={"word/_rels/document.xml.rels": b"<a>" + RELATIONS.encode()})
    yield (
        "an unknown way of packing",
        docx().replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00"),
    )
    yield (
        "a document that says it is locked",
        docx().replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"),
    )
    yield "encoded in nothing known", docx(parts={"word/a.xml": b"<?xml version='1.0' encoding='x-none'?><a/>"})
    yield "a part that is nothing", docx(parts={"word/document.xml": b""})
    yield "of another namespace", docx().replace(W.encode(), b"x")


def pictures() -> Iterator[tuple[str, bytes]]:
    line = zlib.compress(b"\x00" * 20_000_000)
    for width, height in (
        (100_000, 100_000),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (5_000, 5_000),
        (0, 0),
        (2**32 - 1, 2**32 - 1),
    ):
        yield f"a picture of {width} by {height}", raw_png(width, height, line)
    text = chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"x" * 20_000_000))
    yield "words that unpack", raw_png(9, 9, zlib.compress(b"\x00" * 252), *([text] * 30))
    yield (
        "a profile that unpacks",
        raw_png(9, 9, zlib.compress(b"\x00" * 252), chunk(b"iCCP", b"a\x00\x00" + zlib.compress(b"x" * 50_000_000))),
    )
    yield (
        "a picture that says it moves",
        raw_png(9, 9, zlib.compress(b"\x00" * 252), chunk(b"acTL", struct.pack(">II", 2**31, 0))),
    )
    yield "a picture with a page behind it", png() + b"<script>alert(1)</script>IEND"
    yield (
        "a camera's data in a circle",
        b"\xff\xd8\xff\xe1\x00\x1eExif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x87i\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08\xff\xd9",
    )
    yield "JPEG and nothing", b"\xff\xd8\xff" + b"\xff" * 100_000 + b"\xff\xd9"


def drawings() -> Iterator[tuple[str, bytes]]:
    def svg(inside: bytes) -> bytes:
        return (
            b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">' + inside + b"</svg>"
        )

    yield (
        "parts of parts",
        svg(
            b'<g id="a0"><rect/></g>'
            + b"".join(b'<g id="a%d">%s</g>' % (one, b'<use href="#a%d"/>' % (one - 1) * 10) for one in range(1, 12))
        ),
    )
    yield "a circle of parts", svg(b'<g id="a"><use href="#b"/></g><g id="b"><use xlink:href="#a"/></g>')
    yield "a circle of colours", svg(b'<linearGradient id="a" href="#a"/><rect fill="url(#a)"/>')
    for depth in (100, 20_000):
        yield f"{depth} groups deep", svg(b"<g>" * depth + b"</g>" * depth)
    yield "thousands of shapes", svg(b"<rect/>" * 60_000)
    yield "a path of a megabyte", svg(b'<path d="' + b"M0 0L1 1" * 50_000 + b'"/>')
    yield "a stylesheet without end", svg(b"<style>" + b"a{" * 100_000 + b"</style>")
    yield "a comment without end", svg(b"<style>" + b"/*" * 100_000 + b"</style>")
    yield "values that take long to read", svg(b'<g fill="' + b"rgb(" * 50_000 + b'"/>')
    yield "values that take longer", svg(b'<g style="fill:' + b"url(#a " * 30_000 + b'"/>')
    yield "a picture in it that unpacks", svg(b'<image href="data:image/png;base64,iVBORw0KGgo="/>')
    yield "laughs", b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg(b"&a;")
    yield "UTF-16", svg(b"").decode().encode("utf-16")


def tables() -> Iterator[tuple[str, bytes]]:
    yield (
        "a cell at the far end",
        workbook(b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    yield (
        "a size that is not true",
        workbook(b'<dimension ref="A1:XFD1048576"/><sheetData><row><c><v>1</v></c></row></sheetData>'),
    )
    yield "rows without end", workbook(b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 100_000 + b"</sheetData>")
    yield "columns without end", workbook(b"<sheetData><row>" + b"<c><v>1</v></c>" * 100_000 + b"</row></sheetData>")
    yield "a place that is none", workbook(b'<sheetData><row r="x"><c r="99"><v>1</v></c></row></sheetData>')
    yield "a number that is none", workbook(b'<sheetData><row><c t="n"><v>%s</v></c></row></sheetData>' % (b"9" * 5000))
    yield "a date that is none", workbook(b'<sheetData><row><c t="d"><v>0000-00-00</v></c></row></sheetData>')
    yield "a word that is nowhere", workbook(b'<sheetData><row><c t="s"><v>99999</v></c></row></sheetData>')
    yield "no sheet", workbook(b"")
    yield "laughs in a sheet", workbook(b"<!DOCTYPE a [<!ENTITY b 'c'>]>")


def spoilt(chance: random.Random, number: int) -> Iterator[tuple[str, bytes]]:
    """Honest files, cut, mixed up, or with bytes changed."""
    honest = [
        ("PDF", pdf(3)),
        ("document", docx(text=field("PAGE"))),
        ("picture", png(200, 200)),
        ("workbook", workbook(b"")),
    ]
    for one in range(number):
        name, content = chance.choice(honest)
        mixed = bytearray(content)
        way = chance.choice(("cut", "changed", "doubled", "another's head", "filled up"))
        if way == "cut":
            del mixed[chance.randrange(len(mixed)) :]
        elif way == "changed":
            for _ in range(chance.randint(1, 40)):
                mixed[chance.randrange(len(mixed))] = chance.randrange(256)
        elif way == "doubled":
            at = chance.randrange(len(mixed))
            mixed[at:at] = mixed[: chance.randrange(len(mixed))]
        elif way == "another's head":
            mixed[:8] = chance.choice(honest)[1][:8]
        else:
            mixed += chance.randbytes(1000) + content[-30:]
        yield f"{name}, {way} ({one})", bytes(mixed)


def hostile_files(seed: int = 7, number: int = 200) -> list[tuple[str, bytes]]:
    found = [*pdfs(), *documents(), *pictures(), *drawings(), *tables()]
    return found + list(spoilt(random.Random(seed), number - len(found)))
