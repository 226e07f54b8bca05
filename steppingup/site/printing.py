"""WeasyPrint, which only steppingup.site.pdf loads, and only when there is something to print."""

import logging
import re
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
from pydyf import Stream
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "https://site.invalid/"  # stands for static/ in a document; the name can never exist on a network
HOUR = 3600
FONT = "font/ttf"
MARKS = {chr(code) for code in range(0x300, 0x370)}
#: Signs that are drawn before the letter that they follow, in the scripts of India and its neighbours.
BEFORE = set(
    "\u093f\u094e\u09bf\u09c7\u09c8\u0a3f\u0abf\u0b47\u0b48\u0bc6\u0bc7\u0bc8\u0d46\u0d47\u0d48\u0dd9\u0dda\u0ddb\u1031\u17c1\u17c2\u17c3"
)
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


Cluster = tuple[int, ...]


class Spoken(dict[int, str]):
    """Which letters each glyph of a font stands for (PDF/UA 7.21.7), as WeasyPrint tells glyph by glyph.

    Of letters that several glyphs draw it tells everything at one of them (the last; the first in scripts from right to left) and
    nothing at the others, and of each glyph only once. So another mark on the same letter would be read as the first, and a letter
    alone as what it was with a sign. Here a cluster is said as a whole, in the order of its letters, as long as its glyphs stand
    for nothing else in the document; otherwise each glyph says its own letter. What is told nothing says a joiner, which is not
    read and breaks nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.clusters: dict[Cluster, str] = {}
        self.silent: list[int] = []  # told nothing so far: they belong to what comes
        self.open: tuple[list[int], str] | None = None  # what comes may still belong to it

    def __contains__(self, glyph: object) -> bool:
        """Every glyph is told each time, so that those that belong together are seen together."""
        return False

    def __setitem__(self, glyph: int, text: str) -> None:
        self.setdefault(glyph, JOINER)
        if not text:
            (self.open[0] if self.open and from_right(self.open[1]) else self.silent).append(glyph)
            return
        sign = unicodedata.normalize("NFD", text)
        if self.open and not self.silent and len(sign) == 2 and sign[0] in BEFORE:  # drawn on both sides of its letter
            self.open = [*self.open[0], glyph], self.open[1] + text
            return
        self._close()
        self.open, self.silent = ([*self.silent, glyph], text), []

    def _close(self) -> None:
        if self.open:
            glyphs, text = self.open
            self.clusters.setdefault(tuple(glyphs), text)
            self.open = None

    def items(self) -> Any:
        """What is written into the document, once everything is told."""
        self._close()
        told = _meanings(self.clusters, _set_apart(self.clusters))
        for glyph, meanings in told.items():
            super().__setitem__(glyph, next((one for one in meanings if one != JOINER), JOINER))
        return super().items()


def from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _letters(cluster: Cluster, text: str) -> list[str]:
    """What each glyph of a cluster draws; nothing where that cannot be said."""
    whole, letters = unicodedata.normalize("NFC", text), list(unicodedata.normalize("NFD", text))
    if len(whole) == len(cluster):  # a letter with its own mark may be one glyph
        letters = list(whole)
    # Drawn before the letters that they follow.
    drawn = sorted(letters, key=lambda letter: letter not in BEFORE)
    if len(cluster) != len(letters):
        drawn = _signs_apart(len(cluster), drawn)
    return drawn[::-1] if from_right(text) else drawn


def _signs_apart(glyphs: int, letters: list[str]) -> list[str]:
    """Letters that are joined in one glyph, with the signs before and after them that have glyphs of their own."""
    before: list[str] = letters[: letters[0] in BEFORE]
    after: list[str] = []
    joined = letters[len(before) :]
    while len(before) + 1 + len(after) < glyphs and unicodedata.category(joined[-1]).startswith("M") and joined[1:]:
        after.insert(0, joined.pop())
    return [*before, "".join(joined), *after] if len(before) + 1 + len(after) == glyphs else []


def _meanings(clusters: dict[Cluster, str], apart: set[Cluster]) -> dict[int, dict[str, None]]:
    """By glyph, everything that it would say, in the order of the document."""
    found: dict[int, dict[str, None]] = {}
    for cluster, text in clusters.items():
        said = _letters(cluster, text) if cluster in apart else [JOINER] * len(cluster)
        if cluster not in apart:
            said[0 if from_right(text) else -1] = text
        for glyph, one in zip(cluster, said, strict=True):
            found.setdefault(glyph, {})[one] = None
    return found


def _set_apart(clusters: dict[Cluster, str]) -> set[Cluster]:
    """The clusters whose glyphs each say their own letter: Latin letters with marks, and whatever shares a glyph with something
    that is read otherwise."""
    parts = {one for one, text in clusters.items() if len(one) > 1 and _letters(one, text)}
    apart = {one for one in parts if set(unicodedata.normalize("NFD", clusters[one])[1:]) <= MARKS}
    while True:
        torn = {glyph for glyph, meanings in _meanings(clusters, apart).items() if len(meanings) > 1}
        more = {one for one in parts - apart if torn.intersection(one)}
        if not more:
            return apart
        apart |= more


class ReadableFonts(dict[Any, Any]):
    """The fonts of a document as WeasyPrint comes to need them."""

    def __setitem__(self, key: Any, font: Any) -> None:
        font.to_unicode = Spoken()
        super().__setitem__(key, font)


#: A text of a line, or a move to the left between two.
PART = re.compile(r"<([0-9a-f]*)>|(-?[\d.]+(?:e-?\d+)?)")


def without_gaps(line: str) -> str:
    """“<0c>-290<>290.8<7d>-285” as “<0c>0.8<7d>-285”: what is drawn is the same, with no text that has no letters.

    Where there is one, PDFium (in Chrome and Edge) forgets the last move: the letter after an ọ̀ would stand upon it."""
    parts, move = [], 0.0
    for text, number in PART.findall(line):
        if number:
            move += float(number)
        elif text:
            parts += [_in_figures(move), f"<{text}>"]
            move = 0.0
    return "".join([*parts, _in_figures(move)])


def _in_figures(move: float) -> str:
    return f"{move:.3f}".rstrip("0").rstrip(".") if round(move, 3) else ""


def _close_gaps(document: Any, pdf: Any) -> None:
    for drawing in pdf.objects:
        if isinstance(drawing, Stream):
            drawing.stream = [
                b"[%b] TJ" % without_gaps(item[1:-4].decode()).encode()
                if isinstance(item, bytes) and item.startswith(b"[") and item.endswith(b"] TJ") and b"<>" in item
                else item
                for item in drawing.stream
            ]


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
            printed = document.write_pdf(pdf_variant="pdf/ua-1", finisher=_close_gaps)
        finally:
            log.removeHandler(missing)
    if missing.letters:
        raise LettersMissing("".join(missing.letters))
    return printed
