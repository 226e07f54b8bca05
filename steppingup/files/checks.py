"""Looking inside files: each check returns the number of pages (or None) or raises ValidationError."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

# An unpacked office document or a walk through a PDF never takes more than this.
MOST_UNPACKED_BYTES = 60_000_000
MOST_ZIP_MEMBERS = 3_000
MOST_PDF_OBJECTS = 100_000
MOST_PIXELS = 25_000_000

_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/Rendition"}


def broken(what: str) -> ValidationError:
    return ValidationError(f"This {what} is damaged and cannot be opened. Save it again and upload the new file.")


# -- PDF -----------------------------------------------------------------------------------------


def _holds_actions(reader: PdfReader) -> bool:
    """Does anything reachable from the trailer run a script or start a program?"""
    queue: list[Any] = [reader.trailer.get("/Root")]
    seen: set[tuple[int, int]] = set()
    steps = 0
    while queue:
        steps += 1
        if steps > MOST_PDF_OBJECTS:
            raise ValidationError("This PDF is too complicated to check. Print it to a new PDF and upload that.")
        obj = queue.pop()
        if isinstance(obj, IndirectObject):
            key = (obj.idnum, obj.generation)
            if key in seen:
                continue
            seen.add(key)
            obj = obj.get_object()
        if isinstance(obj, DictionaryObject):
            if "/JS" in obj or obj.get("/S") in _ACTIVE_ACTIONS:
                return True
            queue.extend(
                value for value in obj.values() if isinstance(value, (IndirectObject, DictionaryObject, ArrayObject))
            )
        elif isinstance(obj, ArrayObject):
            queue.extend(value for value in obj if isinstance(value, (IndirectObject, DictionaryObject, ArrayObject)))
    return False


def check_pdf(content: bytes) -> int:
    """Not encrypted, whole, with at least one page, without scripts."""
    if b"%%EOF" not in content[-4096:]:
        raise broken("PDF")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise ValidationError(
                "This PDF is protected by a password. Save it without a password and upload it again."
            )
        pages, active = len(reader.pages), _holds_actions(reader)
    except ValidationError:
        raise
    except Exception as error:  # pypdf meets hostile bytes here and fails in many ways, all meaning the same
        raise broken("PDF") from error
    if active:
        raise ValidationError("This PDF contains a script. Print it to a new PDF and upload that.")
    if not pages:
        raise broken("PDF")
    return pages


# -- office documents ----------------------------------------------------------------------------


def _unpacked(content: bytes, what: str) -> zipfile.ZipFile:
    """The archive, once it is sure that reading all of it is harmless."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if len(members) > MOST_ZIP_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED_BYTES:
            raise ValidationError(f"This {what} unpacks to far too much. Save it as a PDF and upload that.")
        if any(m.flag_bits & 0x1 for m in members):
            raise ValidationError(f"This {what} is protected by a password. Save it without one and upload it again.")
        # Reading stops at the size that was declared, so a member that lies about it fails here.
        if archive.testzip() is not None:
            raise broken(what)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise broken(what) from error
    if any(m.filename.lower().endswith(("vbaproject.bin", ".exe")) for m in members):
        raise ValidationError(f"This {what} contains macros. Save it without macros and upload it again.")
    return archive


def _stated_pages(archive: zipfile.ZipFile) -> int | None:
    """The number of pages that the word processor wrote down when it saved the document."""
    try:
        found = re.search(rb"<Pages>(\d{1,4})</Pages>", archive.read("docProps/app.xml"))
    except KeyError:
        return None
    return (int(found.group(1)) or None) if found else None


def check_docx(content: bytes) -> int | None:
    archive = _unpacked(content, "Word document")
    if b":document" not in archive.read("word/document.xml")[:20_000]:
        raise broken("Word document")
    return _stated_pages(archive)


def check_xlsx(content: bytes) -> None:
    _unpacked(content, "Excel workbook")


# -- pictures ------------------------------------------------------------------------------------


def check_picture(content: bytes) -> None:
    # The end marker is looked for here, because libraries may tell Pillow to put up with cut-off pictures.
    if b"IEND" not in content[-64:] and b"\xff\xd9" not in content[-4096:]:
        raise broken("picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise ValidationError(
                        f"This picture has {width:,} by {height:,} pixels. Make it smaller and upload it again."
                    )
                picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise broken("picture") from error


_SVG_ELEMENTS = {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener", "set"}


def _svg_element_is_active(element: ElementTree.Element) -> bool:
    tag = element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""
    if tag in _SVG_ELEMENTS or tag.startswith("animate"):
        return True
    if tag == "style" and re.search(r"url\s*\(|@import|expression", element.text or "", re.I):
        return True
    for name, value in element.attrib.items():
        plain = name.rsplit("}", 1)[-1].lower()
        if plain.startswith("on"):
            return True
        if plain in ("href", "src") and not value.strip().startswith("#"):
            return True
        if re.search(r"url\s*\(\s*['\"]?\s*[^#'\"\s]", value, re.I) or "javascript:" in value.lower():
            return True
    return False


def check_svg(content: bytes) -> None:
    """A drawing and nothing else: no scripts, no animation, nothing loaded from elsewhere, no entities."""
    # UTF-8 only: what this searches is then what a browser reads.
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken("SVG drawing") from error
    refused = ValidationError("This drawing contains more than a drawing. Save it as a PNG picture and upload that.")
    if re.search(r"<!(DOCTYPE[^>]*\[|ENTITY)", text, re.I) or "<?xml-stylesheet" in text.lower():
        raise refused
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise broken("SVG drawing") from error
    if root.tag not in ("{http://www.w3.org/2000/svg}svg", "svg"):
        raise broken("SVG drawing")
    if any(_svg_element_is_active(element) for element in root.iter()):
        raise refused


BY_KIND: dict[str, Callable[[bytes], int | None]] = {
    "pdf": check_pdf,
    "docx": check_docx,
    "xlsx": check_xlsx,
    "png": check_picture,
    "jpeg": check_picture,
    "svg": check_svg,
}
