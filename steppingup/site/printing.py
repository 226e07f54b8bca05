"""WeasyPrint, which only steppingup.site.pdf loads, and only when there is something to print."""

import logging
import time
import unicodedata
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
MARKS = {chr(code) for code in range(0x300, 0x370)}
JOINER = "\u2060"
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


class Spoken(dict[int, str]):
    """Which letters each glyph of a font stands for (PDF/UA 7.21.7), as WeasyPrint tells glyph by glyph.

    Of letters that several glyphs draw it tells everything at the last of them and nothing at the others, and of each glyph
    only once: so another mark on the same letter would be read as the first. Here a letter and its marks, each with a glyph,
    say themselves; what is told nothing says a joiner, which is not read and breaks nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[int] = []

    def __contains__(self, glyph: object) -> bool:
        """Every glyph is told each time, so that those that belong together are seen together."""
        return False

    def __setitem__(self, glyph: int, text: str) -> None:
        if not text:
            self.before.append(glyph)
            self.setdefault(glyph, JOINER)
            return
        together, self.before = [*self.before, glyph], []
        letters = unicodedata.normalize("NFD", text)
        if len(together) > 1 and len(letters) == len(together) and set(letters[1:]) <= MARKS:
            for one, letter in zip(together, letters, strict=True):
                super().__setitem__(one, letter)
        elif self.get(glyph, JOINER) == JOINER:
            super().__setitem__(glyph, text)


class ReadableFonts(dict[Any, Any]):
    """The fonts of a document as WeasyPrint comes to need them."""

    def __setitem__(self, key: Any, font: Any) -> None:
        font.to_unicode = Spoken()
        super().__setitem__(key, font)


class LettersMissing(Exception):
    """No font of this machine has these letters. `letters` are they, in the order of the document."""

    def __init__(self, letters: str) -> None:
        super().__init__(f"No font has {letters}.")
        self.letters = letters


class _Missing(logging.Handler):
    """WeasyPrint draws a box where no font has a letter, and says so in its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.letters: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.letters[str(record.args[0])] = None


def print_html(html: str) -> bytes:
    """Raises Refused; and LettersMissing rather than print a box in the place of a letter."""
    source = HTML(string=html, base_url=BASE, url_fetcher=_files)
    missing, log = _Missing(), logging.getLogger("weasyprint")
    with _lock:
        fonts, styles = _press(int(time.monotonic() // HOUR))
        log.addHandler(missing)
        try:
            document = source.render(stylesheets=[styles], font_config=fonts, pdf_variant="pdf/ua-1")
            document.fonts = ReadableFonts()
            printed = document.write_pdf(pdf_variant="pdf/ua-1")
        finally:
            log.removeHandler(missing)
    if missing.letters:
        raise LettersMissing("".join(missing.letters))
    return printed
