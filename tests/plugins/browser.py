"""Journeys: a real browser on a live server. `page` fails the test on script errors, blocked resources and 500s."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
DESKTOP = {"width": 1280, "height": 900}
TELEPHONE = {"width": 375, "height": 740}
WITHOUT_BROWSER = "no Chromium on this machine: journeys need one (set CHROMIUM to its path)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that drives the browser is a journey; all journeys are skipped where there is no Chromium."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("journey")
        if item.get_closest_marker("journey") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason=WITHOUT_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.section("journeys")
        terminalreporter.write_line(f"Skipped: {WITHOUT_BROWSER}.")


@pytest.fixture(scope="session")
def _static_files_kept() -> Iterator[None]:
    """As in production, a browser keeps what it has: a page of the admin has thirty files, and it asked whether each had changed
    for every page, the more often the younger the files were."""
    serve = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: HttpRequest) -> Any:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=86400"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def browser(_static_files_kept: None) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django would take our plain code for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the live server; links in emails point to it."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def new_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`new_page(viewport=TELEPHONE)`: a browser window of somebody else, with cookies of its own."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(f"console: {message.text}")

    def open_page(viewport: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(
            base_url=site, viewport=viewport, locale="en-GB", timezone_id="Europe/London", accept_downloads=True
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", console)
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, "The browser met:\n" + "\n".join(wrong)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


#: The sidebar of the admin is the same on every page, and looked at on the first.
WITHOUT_SIDEBAR = {"exclude": ["#nav-sidebar-inner"]}

#: Whatever the keyboard comes to must look different then, and must not lie behind something else (WCAG 2.4.7 and 2.4.11).
FOCUS = """() => {
  const look = (e) => { const s = getComputedStyle(e);
    return [s.outlineStyle === "none" || s.outlineWidth === "0px" ? "" : s.outlineColor + s.outlineWidth, s.boxShadow,
            s.backgroundColor, s.borderColor, s.textDecoration, s.color].join("|"); };
  const seen = (e) => [e, e.parentElement, e.nextElementSibling, e.labels && e.labels[0]].filter(Boolean);
  const wrong = [];
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
  for (const e of all) {
    // As WITHOUT_SIDEBAR.
    if (location.pathname !== "/admin/" && e.closest("#nav-sidebar-inner")) continue;
    if (e.disabled || e.type === "hidden" || !e.getClientRects().length || getComputedStyle(e).visibility === "hidden") continue;
    if (document.activeElement) document.activeElement.blur();
    const before = seen(e).map(look);
    e.focus({focusVisible: true});
    if (document.activeElement !== e) continue;
    const name = (e.outerHTML || "").slice(0, 140);
    if (seen(e).map(look).every((one, i) => one === before[i])) wrong.push("focus is not visible: " + name);
    e.scrollIntoView({block: "nearest"});
    const box = e.getBoundingClientRect();
    if (box.width > 1 && box.height > 1) {
      const spots = [[.5, .5], [.1, .5], [.9, .5]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
      const inside = spots.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
      const covered = inside.every(([x, y]) => { const top = document.elementFromPoint(x, y);
        return top && !e.contains(top) && !top.contains(e) && !(e.labels && [...e.labels].some((l) => l.contains(top))); });
      if (inside.length && covered) wrong.push("focus lies behind something: " + name);
    }
  }
  if (document.activeElement) document.activeElement.blur();
  scrollTo(0, 0);
  return [...new Set(wrong)];
}"""


#: What is pressed is at least 24 pixels wide and high, or nothing else is so near that a finger would meet both; links within a
#: sentence are as high as its lines (WCAG 2.5.8).
TARGETS = """() => {
  const wrong = [], all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const at = new Map();
  const inLine = (e) => { if (getComputedStyle(e).display !== "inline") return false;
    const around = e.parentElement, text = [...around.childNodes].filter((n) => n !== e && n.nodeType === 3 && n.data.trim());
    return text.length > 0 || (around.textContent.trim().length > e.textContent.trim().length && getComputedStyle(around).display === "inline"); };
  for (const e of all) {
    // What is folded away has a place, where something else stands.
    if (e.disabled || e.type === "hidden" || !e.checkVisibility({visibilityProperty: true}) || !e.getClientRects().length) continue;
    if (location.pathname !== "/admin/" && e.closest("#nav-sidebar-inner")) continue;
    let box = e.getBoundingClientRect();
    const labels = e.labels ? [...e.labels] : [];
    if (box.width <= 1 || box.height <= 1 || getComputedStyle(e).opacity === "0") {
      if (!labels.length || !labels[0].getClientRects().length) continue;
      box = labels[0].getBoundingClientRect();
    }
    if (box.right <= 0 || box.bottom + scrollY <= 0 || box.width <= 1) continue;
    // What lies behind a bar that stays in its place is scrolled out from there before it is pressed.
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (top && !e.contains(top) && !top.contains(e) && !labels.some((l) => l.contains(top))) continue;
    at.set(e, {box, small: (box.width < 23.9 || box.height < 23.9) && !inLine(e)});
  }
  const near = (a, b) => { const [x, y] = [a.left + a.width / 2, a.top + a.height / 2];
    const dx = Math.max(b.left - x, 0, x - b.right), dy = Math.max(b.top - y, 0, y - b.bottom); return Math.hypot(dx, dy) < 12; };
  for (const [e, own] of at) {
    if (!own.small) continue;
    for (const [other, its] of at) {
      if (other === e || e.contains(other) || other.contains(e)) continue;
      if (e.labels && [...e.labels].some((l) => l.contains(other))) continue;
      if (near(own.box, its.box)) {
        wrong.push(`target of ${Math.round(own.box.width)} by ${Math.round(own.box.height)} pixels: ` + e.outerHTML.slice(0, 140)); break; }
    }
  }
  return [...new Set(wrong)];
}"""


#: The words above a table that is wider than the screen stay within it, and only the table is moved to and fro.
CAPTIONS = """() => {
  const wrong = [];
  for (const caption of document.querySelectorAll("caption")) {
    if (!caption.getClientRects().length || getComputedStyle(caption).clipPath !== "none") continue;
    const words = document.createRange();
    words.selectNodeContents(caption);
    const edge = Math.min(innerWidth, ...[...(function* () { for (let e = caption; e; e = e.parentElement) yield e; })()]
      .filter((e) => ["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX)).map((e) => e.getBoundingClientRect().right));
    if (words.getBoundingClientRect().right > edge + 1) wrong.push("caption is cut: " + caption.textContent.trim().slice(0, 140));
  }
  return wrong;
}"""


def require_visible_focus(page: Page) -> None:
    if hidden := page.evaluate(FOCUS):
        pytest.fail(f"{page.url}\n" + "\n".join(hidden), pytrace=False)


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)` fails with a readable list when the page breaks a rule of WCAG 2.2 AA or a best practice: targets of 24
    pixels and a visible focus among them."""

    def check(page: Page, *, context: str | dict[str, list[str]] | None = None, focus: bool = True) -> None:
        # What a page does well is not written out: that took longer than looking for what it does not.
        options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        results = Axe().run(page, context=context, options=options)
        if results.violations_count:
            pytest.fail(f"{page.url}\n{results.generate_report()}", pytrace=False)
        if focus:
            require_visible_focus(page)

    return check


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[..., Path]:
    """`screenshot(page, "task-list")` writes a PNG, into the folder PICTURES if that is set, and returns its path."""

    def take(page: Page, name: str, *, full_page: bool = False) -> Path:
        folder = Path(os.environ.get("PICTURES") or tmp_path)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=full_page, animations="disabled")
        return path

    return take
