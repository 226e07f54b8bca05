"""Focus is visible and lies behind nothing, and targets are at least 24 pixels, on every page there is, at 1280 and at 375 pixels.

Of all pages (`drawn.py`) with `--long` all of them, otherwise a tenth, by a fixed seed. They go to the browser without a server."""

import mimetypes
import random
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route

from tests.plugins.browser import CAPTIONS, DESKTOP, FOCUS, TARGETS, TELEPHONE
from tests.sweeps.drawn import Drawn

pytestmark = pytest.mark.journey
SITE = "http://pages.test"
#: One that is seen.
CAPTION = re.compile(r"<caption(?![^>]*hidden)")


class Shelf:
    """What the browser is given: the pages, by their address, and files of ours."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}

    def give(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in self.pages:
            route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0] or "application/octet-stream")
        else:
            route.fulfill(status=404, body="")


@pytest.fixture
def shown(browser) -> Iterator[tuple[Page, Shelf]]:
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page, shelf = context.new_page(), Shelf()
    context.route("**/*", shelf.give)
    yield page, shelf
    context.close()


def wrong_with(page: Page) -> list[str]:
    return [*page.evaluate(FOCUS), *page.evaluate(TARGETS)]


def test_focus_is_visible_and_targets_are_large_enough_on_every_page(every_page: list[Drawn], shown, is_long):
    page, shelf = shown
    wrong: dict[str, str] = {}
    chosen = [one for one in every_page if "messagetemplate_changelist" in one[0]]  # the one list with several pages
    for name, address, text in (
        every_page if is_long else chosen + random.Random(8).sample(every_page, len(every_page) // 10)
    ):
        path = urlsplit(address).path
        shelf.pages[path] = text
        page.set_viewport_size(DESKTOP)
        page.goto(f"{SITE}{path}", wait_until="load")
        for size in (DESKTOP, TELEPHONE):
            page.set_viewport_size(size)
            for sentence in wrong_with(page):
                wrong.setdefault(sentence, f"{name} ({path}, {size['width']} px): {sentence}")
    assert not wrong, "\n".join(wrong.values())


def test_the_words_above_a_table_are_within_the_screen_of_a_telephone(every_page: list[Drawn], shown):
    page, shelf = shown
    page.set_viewport_size(TELEPHONE)
    wrong: dict[str, str] = {}
    captioned = [one for one in every_page if CAPTION.search(one[2])]
    assert captioned
    for name, address, text in captioned:
        path = urlsplit(address).path
        shelf.pages[path] = text
        page.goto(f"{SITE}{path}", wait_until="load")
        for sentence in page.evaluate(CAPTIONS):
            wrong.setdefault(sentence, f"{name} ({path}): {sentence}")
    assert not wrong, "\n".join(wrong.values())
