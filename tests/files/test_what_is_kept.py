"""Of an upload the site keeps what was meant to be read: nothing in it does something by itself, nor fetches anything."""

import base64
import io
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from pypdf import PdfReader

from steppingup.files.rules import CV, LOGO, FileRule, check
from tests.files.uploads import W, docx, field, pdf, png, relations, upload

PICTURE = FileRule(kinds=frozenset({"png", "jpeg"}))
ACTIVE = (
    *(b"/JavaScript", b"/Launch", b"/SubmitForm", b"/ImportData", b"/GoToR", b"/GoToE", b"/OpenAction", b"/AA"),
    *(b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/Rendition", b"/Movie", b"/JS", b"calc.exe", b"file://", b"/EF"),
)


def kept(content: bytes, rule: FileRule = CV) -> bytes:
    return check(upload=upload(content), rule=rule).content


def action(kind: str, **more) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def written(page: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    page.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def armed() -> bytes:
    """A PDF with everything in it that could do something, at every place where it could stand."""
    with pikepdf.open(io.BytesIO(pdf(2))) as found:
        script, run = action("JavaScript", JS=String("app.alert(1)")), action("Launch", F=String("calc.exe"))
        file = found.make_stream(b"MZ", Type=Name.EmbeddedFile)
        attached = found.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=file)))
        root = found.Root
        root.OpenAction, root.AA = script, Dictionary(WC=run)
        root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("a"), script])),
            EmbeddedFiles=Dictionary(Names=Array([String("a"), attached])),
        )
        root.AF, root.Collection, root.PageMode = Array([attached]), Dictionary(), Name.UseAttachments
        send = action("SubmitForm", F=Dictionary(FS=Name.URL, F=String("https://elsewhere.example/")))
        box = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("x"), Rect=Array([0, 0, 9, 9]))
        box.A, box.AA = send, Dictionary(K=script, F=action("ImportData", F=String("a.fdf")))
        root.AcroForm = Dictionary(Fields=Array([found.make_indirect(box)]), XFA=found.make_stream(b"<xdp/>"))
        page = found.pages[0].obj
        page.AA = Dictionary(O=script)
        links = [
            *(
                run,
                action("GoToR", F=String("other.pdf")),
                action("GoToE"),
                action("URI", URI=String("file:///etc/passwd")),
            ),
            *(action("URI", URI=String(" JavaScript:alert(1)")), action("Rendition", JS=String("x")), action("Movie")),
            action("GoTo", D=Array([page, Name.Fit]), Next=Array([script])),
            action("URI", URI=String("https://www.example.org/ada")),
        ]
        page.Annots = Array(
            [
                *(Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=found.make_indirect(one)) for one in links),
                Dictionary(Subtype=Name.FileAttachment, FS=attached),
                Dictionary(Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=Dictionary())),
                box,
            ]
        )
        found.make_indirect(script)
        return written(found)


def test_nothing_in_a_pdf_does_anything_by_itself():
    before, after = armed(), kept(armed())
    assert {one for one in ACTIVE if one in before} >= {b"/JavaScript", b"/Launch", b"/XFA", b"/EF", b"calc.exe"}
    with pikepdf.open(io.BytesIO(after)) as found:
        plain = written(found)
        links = [one.A.URI for one in found.pages[0].Annots if "/A" in one and "/URI" in one.A]
    assert {one for one in ACTIVE if one in plain} == set()
    assert links == ["https://www.example.org/ada"]
    assert len(PdfReader(io.BytesIO(after)).pages) == 2


def test_tags_language_and_title_of_a_pdf_stay():
    with pikepdf.open(io.BytesIO(pdf(1))) as found:
        attributes = Dictionary(O=Name.Layout, Placement=Name.Block)
        paragraph = found.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, A=attributes, Alt=String("Ada")))
        found.Root.StructTreeRoot = found.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([paragraph])))
        found.Root.MarkInfo, found.Root.Lang = Dictionary(Marked=True), String("en-GB")
        found.docinfo.Title = "CV of Ada"
        content = written(found)
    with pikepdf.open(io.BytesIO(kept(content))) as found:
        [element] = found.Root.StructTreeRoot.K
        assert (element.S, element.A.O, element.Alt) == (Name.P, Name.Layout, "Ada")
        assert found.Root.MarkInfo.Marked
        assert (found.Root.Lang, found.docinfo.Title) == ("en-GB", "CV of Ada")


def test_a_pdf_that_opens_without_a_password_is_taken_and_kept_without_one():
    with pikepdf.open(io.BytesIO(pdf(3))) as found:
        out = io.BytesIO()
        found.save(out, encryption=pikepdf.Encryption(owner="boss", user="", allow=pikepdf.Permissions(extract=False)))
    assert pikepdf.open(io.BytesIO(out.getvalue())).is_encrypted
    checked = check(upload=upload(out.getvalue()), rule=CV)
    assert checked.pages == 3
    assert not pikepdf.open(io.BytesIO(checked.content)).is_encrypted


# -- Word --------------------------------------------------------------------------------------------

RELS = "word/_rels/document.xml.rels"
MACRO_TYPES = ("ms-word.document.macroEnabled", "ms-word.template.macroEnabledTemplate")


#: What Word fetches when it opens a document, from another computer of the network too.
OLD_PICTURES = (
    *(r'imagedata src="\\there\x.png"', 'imagedata src="//there/x.png"', r'fill src="file:\\there\x"'),
    *('imagedata href="https://elsewhere.example/x.png"', r'shape href="\\there\x"', 'shape href="file://there/x"'),
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (docx(parts={"word/vbaProject.bin": b"x"}), "macros"),
        *((docx(kind=kind), "macros") for kind in MACRO_TYPES),
        (docx(parts={RELS: relations(("vbaProject", "m.bin", "Internal"))}), "macros"),
        (docx(parts={"word/embeddings/oleObject1.bin": b"x"}), "another file"),
        (docx(parts={"word/embeddings/Sheet.xlsx": b"x"}), "another file"),
        (docx(parts={"word/media/a.exe": b"MZ"}), "another file"),
        (docx(parts={RELS: relations(("oleObject", "x", "Internal"))}), "another file"),
        (docx(parts={RELS: relations(("aFChunk", "a.html", "Internal"))}), "another file"),
        (docx(text="<w:object/>"), "another file"),
        (docx(parts={RELS: relations(("oleObject", "https://elsewhere.example/x", "External"))}), "another file"),
        (docx(parts={RELS: relations(("image", "https://elsewhere.example/x.png", "External"))}), "from elsewhere"),
        (docx(parts={RELS: relations(("image", "https://elsewhere.example/x.png", "Internal"))}), "from elsewhere"),
        (docx(parts={RELS: relations(("image", r"\\elsewhere\x.png", "Internal"))}), "from elsewhere"),
        (docx(text='<w:pict><w:imagedata src="https://elsewhere.example/x"/></w:pict>'), "from elsewhere"),
        *((docx(text=f"<w:pict><w:{one}/></w:pict>"), "from elsewhere") for one in OLD_PICTURES),
        *(
            (docx(text=field(f'HYPERLINK "{target}"')), "from elsewhere")
            for target in (r"\\\\there\\x", "file://there/x")
        ),
        (docx(text=field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')), "from elsewhere"),
        (docx(text=field(" D", "DE", "AUTO cmd")), "from elsewhere"),
        (docx(text=field(field("QUOTE 68 68 69"), " cmd")), "from elsewhere"),
        (docx(text=field("REF x").replace("REF x", "").replace("…", field("DDE x"))), "from elsewhere"),
        (docx(text=field('INCLUDEPICTURE "https://elsewhere.example/x"')), "from elsewhere"),
        (docx(text='<w:fldSimple w:instr="DDE cmd x"/>'), "from elsewhere"),
        (docx(text="<w:r><w:instrText>DDE cmd x</w:instrText></w:r>"), "from elsewhere"),
        (
            docx(parts={"word/header1.xml": f'<h xmlns:w="{W}">{field("LINK Excel.Sheet x")}</h>'.encode()}),
            "from elsewhere",
        ),
        (docx(parts={"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "damaged"),
        (docx(parts={"word/styles.xml": b"<a>" * 100_000}), "damaged"),
        (docx(parts={"word/document.xml": b"<w:document"}), "damaged"),
        (docx(parts={"../../etc/passwd.xml": b"<a/>"}), "damaged"),
    ],
)
def test_a_word_document_that_brings_loads_or_starts_something_is_refused(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        check(upload=upload(content), rule=CV)


def test_a_word_document_forgets_its_template_and_where_files_are_and_keeps_its_links():
    where = "file:///C:/Templates/Resume.dotx"
    settings = f'<w:settings xmlns:w="{W}"><w:attachedTemplate r:id="rId1" xmlns:r="r"/><w:zoom/></w:settings>'
    content = docx(
        text=field(' HYPERLINK "https://www.example.org/ada" ') + field("PAGE") + field(" =SUM(ABOVE) "),
        parts={
            "word/settings.xml": settings.encode(),
            "word/_rels/settings.xml.rels": relations(("attachedTemplate", where, "External")),
            "word/glossary/settings.xml": settings.encode(),
            RELS: relations(
                ("hyperlink", "https://www.example.org/ada", "External"), ("hyperlink", r"\\server\share", "External")
            ),
        },
    )
    with zipfile.ZipFile(io.BytesIO(kept(b"".join([content, b"MZ hidden behind the archive"])))) as found:
        parts = {name: found.read(name).decode() for name in found.namelist()}
    assert not [name for name, part in parts.items() if "attachedTemplate" in part or where in part or "share" in part]
    assert "https://www.example.org/ada" in parts[RELS]
    assert "Led a team of 8." in parts["word/document.xml"]
    assert "<w:zoom" in parts["word/settings.xml"]


@pytest.mark.parametrize(
    "inside",
    [
        *(field(r'DATE \@ "d MMMM yyyy HH:mm:ss"'), field(r'HYPERLINK \l "_Toc: 1" \o "See: there"')),
        *(
            field('HYPERLINK "mailto:ada@example.org"'),
            field('HYPERLINK "cv.html#work"'),
            field("hyperlink https://a.example"),
        ),
        *('<w:imagedata id="rId4" href="cid:image001.png@01D"/>', '<w:shape href="https://a.example/"/>'),
        *('<w:shape href="#work"/>', '<w:imagedata src="media/image1.png"/>', '<w:imagedata src=""/>'),
    ],
)
def test_what_honest_documents_have_is_taken(inside):
    assert b"PK" in kept(docx(text=f"<w:p>{inside}</w:p>"))


# -- pictures ----------------------------------------------------------------------------------------


def test_a_picture_keeps_what_is_to_be_seen_and_nothing_else():
    picture = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "Ada's telephone", {1: "N", 2: (51.0, 27.0, 0.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"at home")
    after = Image.open(io.BytesIO(kept(out.getvalue() + b"<?php hidden" + b"\xff\xd9", PICTURE)))
    assert after.size == (20, 40)  # as the camera held it
    assert not after.getexif()
    assert not {"comment", "exif", "icc_profile"} & set(after.info)
    assert b"hidden" not in kept(out.getvalue() + b"<?php hidden" + b"\xff\xd9", PICTURE)


#: A grey of each kind of picture, and what is to be seen of it.
GREYS = {"1": 0, "L": 100, "LA": (100, 255), "P": 0, "RGB": (100,) * 3, "RGBA": (100, 100, 100, 255), "I;16": 100 * 256}


@pytest.mark.parametrize("mode", GREYS)
def test_a_large_picture_of_any_kind_becomes_one_of_a_size_to_print_and_of_the_same_shade(mode):
    out = io.BytesIO()
    Image.new(mode, (3000, 1500), GREYS[mode]).save(out, "PNG")
    after = Image.open(io.BytesIO(kept(out.getvalue(), PICTURE)))
    assert after.size == (1600, 800)
    assert after.getpixel((9, 9))[0] == (0 if mode in "1P" else 100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">%s</svg>'
BILLION = b'<g id="a0"><rect/></g>' + b"".join(
    b'<g id="a%d">%s</g>' % (one, (b'<use xlink:href="#a%d"/>' % (one - 1)) * 10) for one in range(1, 12)
)


@pytest.mark.parametrize(
    "inside",
    [
        *(b"<style>@import 'https://elsewhere.example/x.css';</style>", b"<style>a{fill:u\\72l(//elsewhere)}</style>"),
        *(b"<style>a{fill:url(https://elsewhere.example)}</style>", b"<style>a{fill:url(//elsewhere.example)}</style>"),
        *(b"<style>a{fill:image-set('x.png' 1x)}</style>", b"<style>a{fill:ur/**/l(x.svg)}b{fill:url(x.svg)}</style>"),
        *(b"<g style='fill:url(x.svg#a)'/>", b"<g fill='url( https://elsewhere.example )'/>"),
        *(b"<g style='background:image(x.png)'/>", b"<foreignObject><p/></foreignObject>", b"<a href='#x'/>"),
        *(b"<use href='x.svg#a'/>", b"<use xlink:href='data:image/svg+xml,x'/>", b"<image href='data:text/html,x'/>"),
        *(b"<animate attributeName='href' to='x'/>", b"<set attributeName='href'/>", b"<SCRIPT/>", b"<g oNclick='x'/>"),
        b"<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_a_drawing_that_loads_or_does_something_is_refused(inside):
    with pytest.raises(ValidationError, match="more than a drawing"):
        check(upload=upload(SVG % inside), rule=LOGO)


@pytest.mark.parametrize(
    "inside",
    [
        BILLION,
        b'<g id="a"><use href="#a"/></g>',
        b'<linearGradient id="a" xlink:href="#b"/><linearGradient id="b" xlink:href="#a"/><rect fill="url(#a)"/>',
        b'<clipPath id="a"><rect clip-path="url(#a)"/></clipPath><rect clip-path="url(#a)"/>',
        b'<style>*{mask:url(#a)}</style><mask id="a"><rect mask="url(#a)"/></mask>',
        b"<g>" * 100 + b"</g>" * 100,
    ],
)
def test_a_drawing_that_never_ends_is_refused(inside):
    with pytest.raises(ValidationError, match="too complicated"):
        check(upload=upload(SVG % inside), rule=LOGO)


def test_a_drawing_keeps_its_shapes_colours_and_words():
    photo = base64.b64encode(png())
    inside = (
        b"<metadata>Ada, at home</metadata><style>.a{fill:#0b5c63;behaviour:none}/* x */</style><title>Avon</title>"
        b'<linearGradient id="g"><stop offset="0" style="stop-color:rgb(1, 2, 3);stop-opacity:1"/></linearGradient>'
        b'<g transform="translate(1 2) rotate(-45)"><path class="a" d="M0,0 L9-9.5e-3z" fill="url(#g)"/></g>'
        b'<text x="1" font-family="\'Gill Sans\', serif">Step <tspan>up</tspan> now</text>'
        b'<image width="4" xlink:href="data:image/png;base64,%s"/><unknown/>' % photo
    )
    after = kept(SVG % inside, LOGO).decode()
    for stays in (
        *(
            "translate(1 2) rotate(-45)",
            "M0,0 L9-9.5e-3z",
            "fill:#0b5c63",
            "stop-color:rgb(1, 2, 3)",
            "url(#g)",
            "Avon",
        ),
        *("<text", "Step <tspan>up</tspan> now", "Gill Sans", "data:image/png;base64,"),
    ):
        assert stays in after
    assert not [gone for gone in ("metadata", "at home", "behaviour", "unknown") if gone in after]
