"""WeasyPrint, which only steppingup.site.pdf loads, and only when there is something to print."""

import time
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "https://site.invalid/"  # stands for static/ in a document; the name can never exist on a network
HOUR = 3600
FONT = "font/ttf"
TYPES = {".ttf": FONT, ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


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
    """Fetches files under static/ and pictures that stand in the document itself. Anything else stops the rendering.

    Fonts are for our own stylesheet alone: all documents of a process share them, so that a picture that brings one
    would change the documents of others."""

    def __init__(self, *, fonts: bool = False) -> None:
        super().__init__()
        self.fonts = fonts

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:image/"):
            return super().fetch(url, headers)
        if not url.startswith(BASE):
            raise Refused(f"A document may not fetch {url[:100]}.")
        path = _static_file(unquote(urlsplit(url).path).lstrip("/"))
        kind = TYPES.get(path.suffix, "application/octet-stream")
        if kind == FONT and not self.fonts:
            raise Refused(f"A document may not bring fonts of its own, as {path.name}.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


# Pango's map of fonts is not made for two threads at once, and Python would not draw two documents faster than one
# after the other.
_lock = Lock()
_files = OwnFiles()


@lru_cache(maxsize=1)
def _press(hour: int) -> tuple[FontConfiguration, CSS]:
    """What all documents of a process share: the fonts that the stylesheet names, and the stylesheet, read once.

    WeasyPrint keeps copies of the fonts in a temporary folder for as long as they live here. A press is used for an hour,
    so that neither whoever tidies such folders nor Pango's own caches matter to a process that runs for weeks."""
    fonts = FontConfiguration()
    return fonts, CSS(url=f"{BASE}css/print.css", url_fetcher=OwnFiles(fonts=True), font_config=fonts)


def print_html(html: str) -> bytes:
    """Raises Refused."""
    document = HTML(string=html, base_url=BASE, url_fetcher=_files)
    with _lock:
        fonts, styles = _press(int(time.monotonic() // HOUR))
        return document.write_pdf(stylesheets=[styles], font_config=fonts, pdf_variant="pdf/ua-1")
