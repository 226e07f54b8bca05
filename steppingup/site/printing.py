"""WeasyPrint, which only steppingup.site.pdf loads, and only when there is something to print."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "https://site.invalid/"  # stands for static/ in a document; the name can never exist on a network
TYPES = {".woff2": "font/woff2", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


class Refused(FatalURLFetchingError):
    """The only exception at which WeasyPrint stops; others it writes to the log and leaves the picture out."""


def _static_file(name: str) -> Path:
    """A file under static/, wherever it was collected to."""
    try:
        found = finders.find(name)
    except SuspiciousFileOperation as outside:
        raise Refused(f"“{name}” is not one of the site's files.") from outside
    path = Path(found) if isinstance(found, str) else Path(settings.STATIC_ROOT) / name
    allowed = [Path(folder).resolve() for folder in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)]
    resolved = path.resolve()
    if not any(resolved.is_relative_to(folder) for folder in allowed) or not resolved.is_file():
        raise Refused(f"“{name}” is not one of the site's files.")
    return resolved


class OwnFiles(URLFetcher):
    """Fetches files under static/ and data that stand in the document itself. Anything else stops the rendering."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith(BASE):
            raise Refused(f"A document may not fetch {url}.")
        path = _static_file(unquote(urlsplit(url).path).lstrip("/"))
        kind = TYPES.get(path.suffix, "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def print_html(html: str) -> bytes:
    """Raises Refused."""
    document = HTML(string=html, base_url=BASE, url_fetcher=OwnFiles())
    return document.write_pdf(pdf_variant="pdf/ua-1")
