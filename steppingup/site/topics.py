"""A front page and a short page for each topic, in the place of one long page that shows something of every app.

Each app registers its topics in `AppConfig.ready()`, as it does its sections, and gives each an address of its own:

    add_topics(Topic("participant", "mentoring", 50, "Your mentor", "mentoring:mentor", mentor_in_a_line))

The front page has what is asked of whoever looks (`asks_of`) and a menu (`menu_of`): each topic that has something for them, with a line
that says how it stands. A topic without a status is not in the menu, and its page is not found. The page of a topic is made of the
sections that name it.

The front page is opened more than all others, so a line is not worked out from everything that its page shows: what it needs comes with
the query that fetches the subject (`facts`), or is shared with the others (`sections.once`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.urls import reverse

from steppingup.steps.step import Step

Q = TypeVar("Q", bound=QuerySet[Any])


class Status(NamedTuple):
    """How a topic stands, in one line, which is a function where it asks the database; `title` takes the place of the topic's."""

    line: str | Callable[[], str]
    title: str = ""


class Ask(NamedTuple):
    """Something that waits for whoever looks: what it is, the button that leads there, and until when; `hidden` makes the words of the
    button clear to whoever hears them alone."""

    what: str
    button: str
    url: str
    by: date | None = None
    line: str = ""
    hidden: str = ""


class Entry(NamedTuple):
    """A topic in the menu of this person."""

    key: str
    title: str
    line: str
    url: str


def _no_facts(viewer: Any) -> dict[str, Any]:
    return {}


def _nothing_asked(*, subject: Any, viewer: Any) -> list[Ask]:
    return []


@dataclass(frozen=True)
class Topic:
    """One of the pages.

    `address` is the name of its URL, which takes the key of the subject. `status(subject=…, viewer=…)` says how it stands, or None where
    it has nothing for them. `facts(viewer)` are annotations of the query that fetches the subject, for `status` and `asks` to read.
    `steps` are what people do there: what they did by mistake is taken back there, too."""

    page: str
    key: str
    order: int
    title: str
    address: str
    status: Callable[..., Status | None]
    asks: Callable[..., list[Ask]] = _nothing_asked
    facts: Callable[[Any], dict[str, Any]] = _no_facts
    steps: tuple[Step[Any, Any], ...] = ()

    def url(self, subject: Any) -> str:
        return reverse(self.address, args=[subject.pk])


_registry: dict[tuple[str, str], Topic] = {}


def add_topics(*topics: Topic) -> None:
    """Add topics to their pages. Raises ValueError for a key that is taken."""
    for topic in topics:
        if _registry.setdefault((topic.page, topic.key), topic) != topic:
            raise ValueError(f"The page “{topic.page}” has a topic “{topic.key}” already.")


def topics_of(page: str) -> list[Topic]:
    """The registered topics of a page, in order."""
    found = [topic for topic in _registry.values() if topic.page == page]
    return sorted(found, key=lambda topic: (topic.order, topic.key))


def topic_of(page: str, key: str) -> Topic:
    return _registry[page, key]


def with_facts(page: str, rows: Q, viewer: Any) -> Q:
    """Adds to the subjects what the topics of their page read of them, in the query that fetches them."""
    facts: dict[str, Any] = {}
    for topic in topics_of(page):
        facts |= topic.facts(viewer)
    return rows.annotate(**facts)


def menu_of(page: str, subject: Any, viewer: Any, *, with_lines: bool = False) -> list[Entry]:
    """The topics that have something for whoever looks, in order; with how they stand where that is shown."""
    found = []
    for topic in topics_of(page):
        status = topic.status(subject=subject, viewer=viewer)
        if status is not None:
            line = (status.line() if callable(status.line) else status.line) if with_lines else ""
            found.append(Entry(topic.key, status.title or topic.title, line, topic.url(subject)))
    return found


def asks_of(page: str, subject: Any, viewer: Any) -> list[Ask]:
    """What is asked of whoever looks, by all topics: what has a last day first, by that day."""
    asked: Iterable[Ask] = (ask for topic in topics_of(page) for ask in topic.asks(subject=subject, viewer=viewer))
    return sorted(asked, key=lambda ask: ask.by or date.max)


def topic_of_step(page: str, step: Step[Any, Any] | None) -> Topic | None:
    """Where somebody does this."""
    return next((topic for topic in topics_of(page) if step in topic.steps), None)
