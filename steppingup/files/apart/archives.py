"""Office documents are zip archives of XML."""

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from steppingup.files.apart.limits import Refused

MOST_UNPACKED_BYTES = 60_000_000
MOST_MEMBERS = 3_000
LONGEST_XML = 25_000_000
DEEPEST_XML = 250


def damaged(what: str) -> Refused:
    return Refused(f"This {what} is damaged and cannot be opened. Save it again and upload the new file.")


def unpacked(content: bytes, what: str) -> dict[str, bytes]:
    """All parts by their names. Raises Refused where that would be harmful, or does not work."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED_BYTES:
            raise Refused(f"This {what} unpacks to far too much. Save it as a PDF and upload that.")
        if any(m.flag_bits & 0x1 for m in members):
            raise Refused(f"This {what} is protected by a password. Save it without one and upload it again.")
        parts: dict[str, bytes] = {}
        for member in members:
            if member.is_dir():
                continue
            name = member.filename
            if name in parts or name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name:
                raise damaged(what)
            parts[name] = archive.read(member)  # stops at the size that was declared
    except (
        *(zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError, KeyError),
        *(IndexError, UnicodeDecodeError),
    ) as error:
        raise damaged(what) from error
    return parts


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts and nothing else, neither before them nor behind."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parsed(content: bytes, what: str) -> ElementTree.Element:
    """The XML of a part, without entities, and not nested beyond reason."""
    if len(content) > LONGEST_XML:
        raise Refused(f"This {what} is too long to check. Save it as a PDF and upload that.")
    # Also as UTF-16, which XML may be.
    if re.search(rb"<!(DOCTYPE|ENTITY)", content.replace(b"\x00", b""), re.IGNORECASE):
        raise damaged(what)
    depth = 0
    root: ElementTree.Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
            depth += 1 if event == "start" else -1
            root = element if root is None else root
            if depth > DEEPEST_XML:
                raise damaged(what)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise damaged(what) from error
    if root is None:
        raise damaged(what)
    return root
