"""Documents: a template becomes a tagged PDF (PDF/UA-1). Nothing is fetched from a network.

Templates extend pdf/base.html. Addresses in them are paths under static/: `url(fonts/…)`, `<img src="img/…">`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "https://site.invalid/"  # stands for static/ in a document; the name can never exist on a network
TYPES = {".woff2": "font/woff2", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


class NotOurs(ValueError):
    """A document asked for something that is not one of the site's own files."""


class _Refused(FatalURLFetchingError):
    """The only exception at which WeasyPrint stops; others it writes to the log and leaves the picture out."""


def _static_file(name: str) -> Path:
    """A file under static/, wherever it was collected to."""
    try:
        found = finders.find(name)
    except SuspiciousFileOperation as outside:
        raise _Refused(f"“{name}” is not one of the site's files.") from outside
    path = Path(found) if isinstance(found, str) else Path(settings.STATIC_ROOT) / name
    allowed = [Path(folder).resolve() for folder in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)]
    resolved = path.resolve()
    if not any(resolved.is_relative_to(folder) for folder in allowed) or not resolved.is_file():
        raise _Refused(f"“{name}” is not one of the site's files.")
    return resolved


class OwnFiles(URLFetcher):
    """Fetches files under static/ and data that stand in the document itself. Anything else stops the rendering."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith(BASE):
            raise _Refused(f"A document may not fetch {url}.")
        path = _static_file(unquote(urlsplit(url).path).lstrip("/"))
        kind = TYPES.get(path.suffix, "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as bytes: tagged, with its title and language, fonts embedded.

    Raises NotOurs when the template asks for anything from elsewhere."""
    html = render_to_string(template, {"site_name": settings.SITE_NAME, **context})
    document = HTML(string=html, base_url=BASE, url_fetcher=OwnFiles())
    try:
        return document.write_pdf(pdf_variant="pdf/ua-1")
    except _Refused as refused:
        raise NotOurs(str(refused)) from refused
