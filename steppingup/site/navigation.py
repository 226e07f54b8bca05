"""The entries at the top of every page. Each app registers its own in `AppConfig.ready()`.

add_navigation_entry(Entry("applications", "Your applications", "applications:list", 10, visible_to=own_applications))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """`visible_to(user)` gets the signed-in person or an anonymous user, and asks the database nothing itself.

    It answers yes or no, or with a QuerySet: yes if that has rows. The questions of all entries are asked together."""

    key: str
    label: str
    url_name: str
    order: int
    visible_to: Callable[[Any], bool | QuerySet[Any]]


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool


_registry: dict[str, Entry] = {}


def add_navigation_entry(entry: Entry) -> None:
    """Add an entry. Raises ValueError when the key is taken by another."""
    if _registry.setdefault(entry.key, entry) != entry:
        raise ValueError(f"There is a navigation entry “{entry.key}” already.")


def _visible_to(user: Any) -> list[Entry]:
    """The entries that this person sees, in order, by one query at most."""
    entries = sorted(_registry.values(), key=lambda entry: entry.order)
    answers = {entry.key: entry.visible_to(user) for entry in entries}
    asked = {key: answer for key, answer in answers.items() if isinstance(answer, QuerySet)}
    if asked:
        # One row with a column for each question: one query for a page, however many apps there are. Written out here, as
        # joining them to a query of something else takes Django longer than asking.
        found = [question.query.exists().get_compiler(connection=connection).as_sql() for question in asked.values()]
        with connection.cursor() as cursor:
            columns = ", ".join(f"EXISTS ({sql})" for sql, _ in found)
            cursor.execute(f"SELECT {columns}", [value for _, values in found for value in values])
            answers |= dict(zip(asked, cursor.fetchone(), strict=True))
    return [entry for entry in entries if answers[entry.key] is True]


def links_for(request: HttpRequest) -> list[Link]:
    """The entries that this person sees, in order; the one whose address begins this page's is the current one."""
    user = getattr(request, "user", None)
    if user is None:
        return []
    shown = _visible_to(user)
    urls = {entry.key: reverse(entry.url_name) for entry in shown}
    within = [url for url in urls.values() if request.path == url or (url != "/" and request.path.startswith(url))]
    here = max(within, key=len, default=None)
    return [Link(entry.label, urls[entry.key], urls[entry.key] == here) for entry in shown]
