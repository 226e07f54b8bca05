"""Word documents: taken apart, looked through, and packed anew. What would load, start or bring something else along is
refused; a template from elsewhere is forgotten, since Word writes one into honest documents too."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree

from steppingup.files.apart.archives import damaged, packed, parsed, unpacked
from steppingup.files.apart.limits import Refused

WHAT = "Word document"
MAIN = "word/document.xml"
#: Parts that a letter or a CV is made of, by their endings.
PARTS = {
    *("xml", "rels", "png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "webp"),
    *("odttf", "fntdata", "ttf", "otf", "vml", "thmx", "wdp"),
}
INSIDE_NO_LETTER = re.compile(r"(^|/)(embeddings|activex|macrosheets|ctrlprops)/|vba(project|data)", re.IGNORECASE)
#: What a field in the text may be: numbers, dates, references, boxes to tick, and what reference managers leave.
FIELDS = {
    *(
        "HYPERLINK",
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "PAGEREF",
        "REF",
        "NOTEREF",
        "STYLEREF",
        "SEQ",
        "TOC",
    ),
    *("TC", "XE", "INDEX", "TOA", "TA", "RD", "DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "EDITTIME"),
    *("AUTHOR", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS", "LASTSAVEDBY", "FILENAME", "FILESIZE", "DOCPROPERTY"),
    *("NUMWORDS", "NUMCHARS", "REVNUM", "TEMPLATE", "USERNAME", "USERINITIALS", "USERADDRESS", "SYMBOL", "ADVANCE"),
    *("EQ", "LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "BIDIOUTLINE", "CITATION", "BIBLIOGRAPHY", "ADDIN"),
    *("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "MACROBUTTON", "GOTOBUTTON", "SHAPE", "IF"),
}
NESTED = "\x01"
NOT_TEXT = {"object", "OLEObject", "control", "altChunk", "subDoc", "frameset", "binData"}
WEB = ("http", "https", "mailto", "tel")
DRAWN = {"imagedata", "fill", "stroke", "image", "movie"}
_LINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SETTINGS = re.compile(r"(^|/)settings\d*\.xml$", re.IGNORECASE)

MACROS = "This Word document contains macros. Save it without macros, or as a PDF, and upload that."
BROUGHT = "This Word document has another file inside it. Save it as a PDF and upload that."
LOADED = "This Word document loads something from elsewhere. Save it as a PDF and upload that."


def clean(content: bytes) -> tuple[int | None, bytes]:
    """The number of pages that the word processor wrote down, if it did; and the document."""
    parts = unpacked(content, WHAT)
    if MAIN not in parts or "[Content_Types].xml" not in parts:
        raise damaged(WHAT)
    _check_names(parts)
    _check_types(parts["[Content_Types].xml"])
    for name in [name for name in parts if name.lower().endswith((".xml", ".rels", ".vml"))]:
        root = parsed(parts[name], WHAT)
        if name.lower().endswith(".rels"):
            parts[name] = _relations(root, parts[name])
        else:
            _check_content(root)
    if not parsed(parts[MAIN], WHAT).tag.endswith("document"):
        raise damaged(WHAT)
    _forget_template(parts)
    return _stated_pages(parts), packed(parts)


def _check_names(parts: dict[str, bytes]) -> None:
    for name in parts:
        if "vba" in name.lower() and INSIDE_NO_LETTER.search(name):
            raise Refused(MACROS)
        if INSIDE_NO_LETTER.search(name) or name.rpartition(".")[2].lower() not in PARTS:
            raise Refused(BROUGHT)


def _check_types(content: bytes) -> None:
    """A document with macros says so here, whatever its name ends in."""
    for element in parsed(content, WHAT):
        kind = element.get("ContentType", "").lower()
        if "macroenabled" in kind or "vba" in kind or "intelmodule" in kind:
            raise Refused(MACROS)
        if "oleobject" in kind or "activex" in kind:
            raise Refused(BROUGHT)


def _relations(root: ElementTree.Element, as_it_was: bytes) -> bytes:
    """What a part points to. Links may lead to the web; anything else from elsewhere is refused."""
    changed = False
    for relation in list(root):
        kind = relation.get("Type", "").rstrip("/").rpartition("/")[2].lower()
        if kind in ("oleobject", "package", "control", "afchunk", "subdocument", "frame", "activexcontrolbinary"):
            raise Refused(BROUGHT)
        if (
            kind in ("vbaproject", "wordvbadata", "ui", "keymapcustomizations", "attachedtoolbars")
            or "extensibility" in kind
        ):
            raise Refused(MACROS)
        if relation.get("TargetMode", "").lower() != "external":
            if "://" in relation.get("Target", "") or relation.get("Target", "").startswith(("\\\\", "//")):
                raise Refused(LOADED)
            continue
        if kind == "attachedtemplate":
            root.remove(relation)
        elif kind != "hyperlink":
            raise Refused(LOADED)
        elif _leads(relation.get("Target", "")) not in WEB:
            relation.set("Target", "about:blank")
        else:
            continue
        changed = True
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) if changed else as_it_was


def _leads(target: str) -> str:
    try:
        return urlsplit(target.strip()).scheme.lower()
    except ValueError:
        return ""


def _is_elsewhere(target: str, *allowed: str) -> bool:
    """Is it on another computer, or found by something else than by these? “\\\\there\\a.png”, “//there/a.png”, “file:a.png”."""
    plain = target.strip().strip('"').replace("\\", "/")
    return plain.startswith("//") or (bool(_SCHEME.match(plain)) and _leads(plain) not in allowed)


def _local(name: object) -> str:
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _attribute(element: ElementTree.Element, wanted: str) -> str:
    return next((value for name, value in element.attrib.items() if _local(name) == wanted), "")


def _check_content(root: ElementTree.Element) -> None:
    """Every field of the text, and what stands in it that is no text: DDE, and all that fetch something, are not among
    the fields allowed."""
    for element in root.iter():
        name = _local(element.tag)
        if name in NOT_TEXT:
            raise Refused(BROUGHT)
        # A shape may lead to the web; a picture of the old kind is fetched from where it says that it was.
        leads = ("cid",) if name in DRAWN else WEB
        if _is_elsewhere(_attribute(element, "src")) or _is_elsewhere(_attribute(element, "href"), *leads):
            raise Refused(LOADED)
        if name == "fldSimple":
            _check_command(_attribute(element, "instr"))
    for command in _commands(root):
        _check_command(command)


def _commands(root: ElementTree.Element) -> Iterator[str]:
    """What each field is told to do. It may be written in several pieces, and a field inside it (`NESTED` marks it) may make
    a word of it."""
    fields: list[tuple[list[str], bool]] = []  # those that are open: the command so far, and whether it is over
    for element in root.iter():
        name = _local(element.tag)
        kind = _attribute(element, "fldCharType") if name == "fldChar" else ""
        if kind == "begin":
            if fields and not fields[-1][1]:
                fields[-1][0].append(NESTED)
            fields.append(([], False))
        elif kind and fields:
            yield "".join(fields.pop()[0])
            if kind == "separate":
                fields.append(([], True))
        elif name in ("instrText", "delInstrText"):
            if not fields:
                fields.append(([], False))
            fields[-1][0].append(element.text or "")
    yield from ("".join(command) for command, _ in fields)


def _check_command(command: str) -> None:
    words = command.replace("\u00a0", " ").split()
    if words and words[0].strip('"').upper() not in FIELDS and not words[0].startswith("="):
        raise Refused(LOADED)
    link = _LINK.match(command)
    if link and _is_elsewhere(link[1] or link[2], *WEB):
        raise Refused(LOADED)


def _forget_template(parts: dict[str, bytes]) -> None:
    for name in parts:
        if _SETTINGS.search(name):
            parts[name] = re.sub(
                rb"<(?:\w+:)?attachedTemplate\b[^>]*(?:/>|>\s*</(?:\w+:)?attachedTemplate>)", b"", parts[name]
            )


def _stated_pages(parts: dict[str, bytes]) -> int | None:
    found = re.search(rb"<Pages>(\d{1,4})</Pages>", parts.get("docProps/app.xml", b""))
    return (int(found.group(1)) or None) if found else None
