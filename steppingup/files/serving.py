"""The only way out for a stored file. A view applies its own access rule and then calls `serve()`."""

from django.http import FileResponse, Http404

from steppingup.files.models import StoredFile

# Kinds that a browser may show in the page's own window; everything else is always a download.
SHOWN = {"application/pdf", "image/png", "image/jpeg"}


def serve(stored: StoredFile, *, as_attachment: bool = True) -> FileResponse:
    """The file as a download, or shown in the browser where that is harmless.

    Raises Http404 if the bytes are missing."""
    shown = not as_attachment and stored.content_type in SHOWN
    try:
        content = stored.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is missing.") from error
    response = FileResponse(content, as_attachment=not shown, filename=stored.name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    if stored.content_type != "application/pdf":  # a sandbox keeps browsers from showing a PDF at all
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
