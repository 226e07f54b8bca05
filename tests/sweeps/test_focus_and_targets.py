"""Focus is visible and lies behind nothing, and targets are at least 24 pixels, on every page there is, at 1280 and at 375 pixels.

Every address of the table of access is drawn once, for the first person who gets it, and every page of a step that a link on
one of these leads to: with `--long` all of them, otherwise a tenth, by a fixed seed. The pages come from the world of the
sweeps, and go to the browser without a server."""

import mimetypes
import random
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Route

from tests.plugins.browser import DESKTOP, FOCUS, TARGETS, TELEPHONE
from tests.sweeps.test_access import ROWS
from tests.sweeps.visits import signed_in_before, visit
from tests.sweeps.world import World

pytestmark = pytest.mark.journey
SITE = "http://pages.test"
STEP = re.compile(r'href="(/[^"#?]*/step/[^"#?]+)"')
#: Who is asked in this order: whoever has most on a page comes first, and a page that all see is seen as a visitor.
ORDER = ("visitor", "superuser")


@pytest.fixture(scope="module", autouse=True)
def _signed_in_before(whole_world: World) -> Iterator[None]:
    with signed_in_before(whole_world.clients, whole_world.people):
        yield


def pages_of(world: World) -> Iterator[tuple[str, str, str]]:
    """What each page is called, its address and its text."""
    steps: dict[str, tuple[str, str]] = {}
    for row in ROWS:
        people = sorted((who for who, got in row.who.items() if got == 200), key=lambda who: (who not in ORDER, who))
        for who in people[:1]:
            address = row.at(world)
            text = page_at(world, who, address)
            if text:
                yield row.name, address, text
                for step in STEP.findall(text):
                    steps.setdefault(kind_of(step), (who, step))
    for kind, (who, address) in steps.items():
        if text := page_at(world, who, address):
            yield kind, address, text


def page_at(world: World, who: str, address: str) -> str:
    response = visit(world.client(who), "get", address).response
    if response.status_code != 200 or "text/html" not in response.headers.get("Content-Type", ""):
        return ""
    text: str = response.content.decode()
    return text if "<html" in text else ""


def kind_of(address: str) -> str:
    """One page of each step, whichever its record."""
    try:
        found = resolve(address)
    except Resolver404:
        return address
    return f"{found.view_name} {found.kwargs.get('name', '') or re.sub(r'[0-9]+', '', address)}"


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


def test_focus_is_visible_and_targets_are_large_enough_on_every_page(whole_world: World, shown, is_long):
    page, shelf = shown
    wrong: dict[str, str] = {}
    pages = list(pages_of(whole_world))
    assert len(pages) > 200
    chosen = [one for one in pages if "messagetemplate_changelist" in one[0]]  # the one list with several pages
    for name, address, text in pages if is_long else chosen + random.Random(8).sample(pages, len(pages) // 10):
        path = urlsplit(address).path
        shelf.pages[path] = text
        page.set_viewport_size(DESKTOP)
        page.goto(f"{SITE}{path}", wait_until="load")
        for size in (DESKTOP, TELEPHONE):
            page.set_viewport_size(size)
            for sentence in wrong_with(page):
                wrong.setdefault(sentence, f"{name} ({path}, {size['width']} px): {sentence}")
    assert not wrong, "\n".join(wrong.values())
