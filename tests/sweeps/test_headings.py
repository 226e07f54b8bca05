"""One heading of the first level on every page there is, and none that leaves out a level: whoever has a page read to them finds
their way by its headings (WCAG 1.3.1, 2.4.6)."""

from collections.abc import Iterator
from html.parser import HTMLParser

from tests.sweeps.drawn import Drawn

LEVELS = {f"h{level}": level for level in range(1, 7)}


class Headings(HTMLParser):
    """The levels of a page's headings, in their order, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LEVELS:
            self._open = LEVELS[tag]
            self.found.append((self._open, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in LEVELS:
            self._open = 0

    def handle_data(self, data: str) -> None:
        if self._open:
            level, words = self.found[-1]
            self.found[-1] = (level, " ".join(f"{words} {data}".split()))


def wrong_with(text: str) -> Iterator[str]:
    reader = Headings()
    reader.feed(text)
    first = [words for level, words in reader.found if level == 1]
    if len(first) != 1:
        yield f"{len(first)} headings of the first level: {first}"
    before = 1
    for level, words in reader.found:
        if level > before + 1:
            yield f"“{words}” is an h{level} after an h{before}"
        before = level


def test_every_page_has_one_first_heading_and_leaves_out_no_level(every_page: list[Drawn]):
    wrong = [f"{name} ({address}): {sentence}" for name, address, text in every_page for sentence in wrong_with(text)]
    assert not wrong, "\n".join(wrong)


def test_what_is_wrong_with_headings_is_seen():
    assert list(wrong_with("<h2>Menu</h2><h1>A <b>paper</b></h1><h2>Aims</h2><h3>One</h3><h2>More</h2>")) == []
    assert list(wrong_with("<h1>A</h1><h1>B</h1>")) == ["2 headings of the first level: ['A', 'B']"]
    assert list(wrong_with("<h1>A</h1><h3>B</h3>")) == ["“B” is an h3 after an h1"]
    assert list(wrong_with("<p>A</p>")) == ["0 headings of the first level: []"]
