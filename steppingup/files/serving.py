"""The only way out for a stored file. A view applies its own access rule and then calls `serve()`."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from steppingup.files.models import StoredFile

# Kinds that a browser may show in the page's own window; everything else is always a download.
SHOWN = {"application/pdf", "image/png", "image/jpeg"}


def serve_drawn(stored: StoredFile) -> FileResponse:
    """The PDF that was drawn of a Word document. Raises Http404 if it is missing."""
    return _answer(stored.drawn, stored.name.rpartition(".")[0] + ".pdf", "application/pdf", as_attachment=True)


def serve(stored: StoredFile, *, as_attachment: bool = True) -> FileResponse:
    """The file as a download, or shown in the browser where that is harmless.

    Raises Http404 if the bytes are missing."""
    return _answer(stored.file, stored.name, stored.content_type, as_attachment=as_attachment)


def _answer(file: FieldFile, name: str, content_type: str, *, as_attachment: bool) -> FileResponse:
    shown = not as_attachment and content_type in SHOWN
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is missing.") from error
    response = FileResponse(content, as_attachment=not shown, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    if content_type != "application/pdf":  # a sandbox keeps browsers from showing a PDF at all
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
