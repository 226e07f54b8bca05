"""PDFs: read by qpdf and written anew, without whatever could do something by itself. Tags and language stay."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from steppingup.files.apart.limits import Refused

MOST_OBJECTS = 60_000
DAMAGED = "This PDF is damaged and cannot be opened. Save it again and upload the new file."
COMPLICATED = "This PDF is too complicated to check. Print it to a new PDF and upload that."
LOCKED = "This PDF is protected by a password. Save it without a password and upload it again."

#: What a link may do: go to a page of this document, or open a page on the web when somebody follows it.
HARMLESS = {"/GoTo", "/URI", "/Named"}
WEB = ("http://", "https://", "mailto:", "tel:")
ACTIVE = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"),
    *("/Sound", "/Thread", "/Hide", "/SetOCGState", "/Trans", "/GoTo3DView", "/RichMediaExecute", "/GoToDp"),
}
#: Whatever is found under these goes, wherever it stands.
GONE = {
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RF", "/AF", "/Collection"),
    *("/RichMediaContent", "/RichMediaSettings", "/Renditions", "/AlternatePresentations", "/URLS", "/OPI", "/Perms"),
    *("/Requirements", "/3DD", "/3DV", "/3DA", "/Movie", "/Sound", "/FFilter", "/FDecodeParms", "/Legal", "/DSS"),
}
ANNOTATIONS_GONE = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/TrapNet"}


def _opened(content: bytes) -> pikepdf.Pdf:
    if b"%%EOF" not in content[-4096:]:
        raise Refused(DAMAGED)
    try:
        return pikepdf.open(io.BytesIO(content))  # also one that only forbids printing or copying: it needs no password
    except pikepdf.PasswordError:
        raise Refused(LOCKED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError, OverflowError) as error:
        raise Refused(DAMAGED) from error


def _is_active(action: Any) -> bool:
    """Does it run, send, load or start something? Links to the web are followed by people, who see where they lead."""
    kind = action.get("/S")
    if not isinstance(kind, Name):
        return False
    if kind == "/URI":
        return not str(action.get("/URI", "")).strip().lower().startswith(WEB)
    return str(kind) in ACTIVE


def _without(annotations: Any) -> list[Any] | None:
    """The annotations that stay, or None when all do."""
    kept = [
        one
        for one in annotations
        if not (isinstance(one, Dictionary) and str(one.get("/Subtype", "")) in ANNOTATIONS_GONE)
    ]
    return kept if len(kept) < len(annotations) else None


def _clean(found: Any, is_stream: bool) -> None:
    keys = set(found.keys())
    for key in keys & GONE:
        del found[key]
    if "/S" in keys and _is_active(found):
        for key in keys - GONE:
            del found[key]
        return
    for key in keys & {"/A", "/PA"}:  # an element of the structure has its attributes there, which have no kind
        action = found[key]
        if isinstance(action, Dictionary) and "/S" in action and str(action["/S"]) not in HARMLESS:
            del found[key]
    if "/Annots" in keys and isinstance(found["/Annots"], Array):
        kept = _without(found["/Annots"])
        if kept is not None:
            found["/Annots"] = Array(kept)
    if is_stream:
        for key in keys & {"/F", "/Ref"}:  # content that stands in another file
            del found[key]
    if found.get("/PageMode") == "/UseAttachments":
        del found["/PageMode"]


def _walk(pdf: pikepdf.Pdf) -> None:
    """Every object of the file, also those that nothing leads to, and everything that stands in one."""
    for whole in pdf.objects:
        waiting: list[Any] = [whole]
        while waiting:
            found = waiting.pop()
            if isinstance(found, Stream):
                _clean(found.stream_dict, is_stream=True)
                inside: Any = found.stream_dict.values()
            elif isinstance(found, Dictionary):
                _clean(found, is_stream=False)
                inside = found.values()
            elif isinstance(found, Array):
                inside = found
            else:
                continue
            waiting.extend(
                one for one in inside if isinstance(one, pikepdf.Object) and not one.is_indirect and _has_parts(one)
            )


def _has_parts(found: pikepdf.Object) -> bool:
    return isinstance(found, (Dictionary, Array, Stream))


def clean(content: bytes) -> tuple[int, bytes]:
    """Its pages, and the file written anew: without password, scripts, actions, attachments, films and forms that fill
    themselves in."""
    with _opened(content) as pdf:
        if len(pdf.objects) > MOST_OBJECTS:
            raise Refused(COMPLICATED)
        try:
            pages = len(pdf.pages)
            _walk(pdf)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
        except (pikepdf.PdfError, ValueError, RuntimeError, OverflowError, TypeError) as error:
            raise Refused(DAMAGED) from error
        if not pages:
            raise Refused(DAMAGED)
        return pages, out.getvalue()
