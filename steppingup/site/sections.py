"""Pages that show something of every app.

Such a page is a list of sections. Each app registers its own in `AppConfig.ready()`, so that the page's
app need not know the others. A section whose context is None does not show.

    add_section(Section("participant", "mentoring", 40, "mentoring/sections/participant.html", mentoring_of, topic="mentoring"))

A page may have topics (`steppingup.site.topics`), each with a page of its own: a section that names one stands there, and not on
the front page.
"""

from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

T = TypeVar("T")
# What the sections and topics of the page that is being made have worked out. Each is made by itself and knows no other, so what
# several need cannot be handed from one to the next; it lasts as long as the page is made, and holds for its viewer only.
_worked_out: ContextVar[dict[Hashable, Any] | None] = ContextVar("worked_out_for_this_page", default=None)


@dataclass(frozen=True)
class Section:
    """One piece of a page.

    `context(subject=..., viewer=...)` returns what the template needs, or None to stay away; a "title" in it
    takes the place of `title`. It decides by itself what this viewer may see. `topic` is the page among those of its page that it
    stands on; none is the front page."""

    page: str
    key: str
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]
    title: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Rendered:
    key: str
    title: str
    html: SafeString


_pages = {"home", "dashboard", "person", "organisation"}
_registry: dict[tuple[str, str], Section] = {}


def add_pages(*names: str) -> None:
    """Name pages of an app that are made of sections, before anything is registered for them."""
    _pages.update(names)


def add_section(section: Section) -> None:
    """Add a section to its page. Raises ValueError for an unknown page or a key that is taken."""
    if section.page not in _pages:
        raise ValueError(f"There is no page “{section.page}” with sections.")
    if _registry.setdefault((section.page, section.key), section) != section:
        raise ValueError(f"The page “{section.page}” has a section “{section.key}” already.")


def add_sections(*sections: Section) -> None:
    """The same for several."""
    for section in sections:
        add_section(section)


def sections_of(page: str, topic: str = "") -> list[Section]:
    """The registered sections of a page, or of one of its topics, in order."""
    found = [section for section in _registry.values() if (section.page, section.topic) == (page, topic)]
    return sorted(found, key=lambda section: (section.order, section.key))


@contextmanager
def one_page() -> Iterator[None]:
    """`with one_page():` all that is made within is one page, for one viewer."""
    before = _worked_out.get()
    token = _worked_out.set({} if before is None else before)
    try:
        yield
    finally:
        _worked_out.reset(token)


def once(key: Hashable, work: Callable[[], T]) -> T:
    """What several sections of a page need, worked out by the first of them; elsewhere, each time anew."""
    found = _worked_out.get()
    if found is None:
        return work()
    if key not in found:
        found[key] = work()
    return found[key]


def render_sections(
    page: str, request: HttpRequest, subject: Any = None, only: Collection[str] | None = None, topic: str = ""
) -> list[Rendered]:
    """What every app has to say about the subject to the person who looks, in order; `only` these keys, where given."""
    wanted = [section for section in sections_of(page, topic) if only is None or section.key in only]
    with one_page():
        found = [_render(section, request, subject) for section in wanted]
    return [rendered for rendered in found if rendered]


def _render(section: Section, request: HttpRequest, subject: Any) -> Rendered | None:
    context = section.context(subject=subject, viewer=request.user)
    if context is None:
        return None
    values = {"subject": subject, "viewer": request.user, "section": section, "title": section.title, **context}
    return Rendered(section.key, values["title"], render_to_string(section.template, values, request=request))
