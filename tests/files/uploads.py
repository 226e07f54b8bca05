"""Files to upload in tests: honest ones and hostile ones."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def pdf(pages: int = 2, *, password: str = "", script: str = "", launch: bool = False) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    if script:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        )
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(action)})
    if launch:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
        )
        writer.root_object[NameObject("/OpenAction")] = action
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    '%s.main+xml"/></Types>'
)


def relations(*rows: tuple[str, str, str]) -> bytes:
    """A part's relationships: kind, target, mode."""
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(rows, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{found}</Relationships>'.encode()


def docx(
    pages: int | None = 3,
    text: str = "",
    parts: dict[str, bytes] | None = None,
    kind: str = "wordprocessingml.document",
) -> bytes:
    """A Word document. `text` is XML in its body; `parts` are further parts, or others for those that it has."""
    body = f"<w:p><w:r><w:t>Led a team of 8.</w:t></w:r></w:p>{text}"
    found = {
        "[Content_Types].xml": (TYPES % kind).encode(),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "Internal")),
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>'.encode(),
    }
    if pages is not None:
        found["docProps/app.xml"] = f"<Properties><Pages>{pages}</Pages></Properties>".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (found | (parts or {})).items():
            archive.writestr(name, content)
    return out.getvalue()


def field(*pieces: str) -> str:
    """A field in a text, its command in several pieces."""
    said = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{said}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>…</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def png(width: int = 40, height: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5c63").save(out, "PNG")
    return out.getvalue()


def upload(content: bytes, name: str = "My CV.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    file = SimpleUploadedFile("x", content, content_type)
    file._name = name  # the name exactly as a hostile browser sends it, before Django tidies it
    return file
