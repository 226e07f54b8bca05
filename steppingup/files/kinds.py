"""What a file really is, by its content. Names and the browser's word for it count for nothing."""

import io
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of file: `a_label` stands in sentences (“This file is a picture”)."""

    name: str
    content_type: str
    label: str
    a_label: str
    #: What the name of a kept file ends in; nothing for kinds that are never kept.
    extension: str = ""


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Kinds that a rule may allow.
ALLOWABLE: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pdf", "application/pdf", "PDF", "a PDF", "pdf"),
        Kind("docx", _WORD, "Word document", "a Word document", "docx"),
        Kind("png", "image/png", "PNG picture", "a picture", "png"),
        Kind("jpeg", "image/jpeg", "JPEG picture", "a picture", "jpg"),
        Kind("svg", "image/svg+xml", "SVG drawing", "a drawing", "svg"),
    )
}

# Kinds that are only recognised, so that the refusal can say what was uploaded.
_OTHERS = {
    kind.name: kind
    for kind in (
        Kind("empty", "", "empty file", "empty"),
        Kind("gif", "image/gif", "GIF picture", "a picture"),
        Kind("webp", "image/webp", "WebP picture", "a picture"),
        Kind("heic", "image/heic", "HEIC picture", "a picture"),
        Kind("doc", "application/msword", "old Office document", "a document in Word's old format (.doc)"),
        Kind("xlsx", _SHEET, "Excel workbook", "a spreadsheet"),
        Kind("locked", "application/msword", "Office document", "protected by a password"),
        Kind("odt", "application/vnd.oasis.opendocument.text", "OpenDocument", "an OpenDocument file (.odt)"),
        Kind("pptx", "", "presentation", "a presentation"),
        Kind("zip", "application/zip", "zip archive", "a zip archive"),
        Kind("program", "", "program", "a program"),
        Kind("html", "text/html", "web page", "a web page"),
        Kind("rtf", "application/rtf", "rich text", "a rich text file (.rtf)"),
        Kind("text", "text/plain", "text", "plain text"),
        Kind("unknown", "application/octet-stream", "file", "of a type that we do not recognise"),
    )
}

KINDS: dict[str, Kind] = ALLOWABLE | _OTHERS

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"{\\rtf", "rtf"),
)

#: The name of a stream in Word's own kind of locked document.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def _inside_zip(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, IndexError, EOFError):
        return "zip"
    if "word/document.xml" in names and "[Content_Types].xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "ppt/presentation.xml" in names:
        return "pptx"
    return "odt" if "mimetype" in names and "content.xml" in names else "zip"


def _text_kind(content: bytes) -> str:
    try:
        start = content[:4096].decode("utf-8-sig", errors="strict" if len(content) <= 4096 else "ignore")
    except UnicodeDecodeError:
        return "unknown"
    if "\x00" in start:
        return "unknown"
    lower = start.lstrip().lower()
    if "<svg" in lower and lower.startswith("<"):
        return "svg"
    return "html" if lower.startswith(("<!doctype html", "<html", "<script", "<body", "<head")) else "text"


def recognise(content: bytes) -> Kind:
    """The kind of this content; never fails."""
    name = next((name for start, name in _STARTS if content.startswith(start)), "")
    if not content.strip():
        name = "empty"
    elif not name and b"%PDF-" in content[:1024]:
        name = "pdf"
    elif not name and content.startswith(b"PK\x03\x04"):
        name = _inside_zip(content)
    elif not name and content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        name = "webp"
    elif not name and content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        name = "heic"
    name = name or _text_kind(content)
    if name == "doc" and _ENCRYPTED in content:
        name = "locked"
    return KINDS[name]
