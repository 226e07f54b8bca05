"""The entries at the top of every page. Each app registers its own in `AppConfig.ready()`.

register(Entry("applications", "Your applications", "applications:list", 10, visible_to=has_applications))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """`visible_to(user)` gets the signed-in person or an anonymous user, and costs at most one query."""

    key: str
    label: str
    url_name: str
    order: int
    visible_to: Callable[[Any], bool]


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool


_registry: dict[str, Entry] = {}


def register(entry: Entry) -> Entry:
    """Add an entry. Raises ValueError when the key is taken by another."""
    if _registry.setdefault(entry.key, entry) != entry:
        raise ValueError(f"There is a navigation entry “{entry.key}” already.")
    return entry


def links_for(request: HttpRequest) -> list[Link]:
    """The entries that this person sees, in order; the one whose address begins this page's is the current one."""
    user = getattr(request, "user", None)
    if user is None:
        return []
    shown = [entry for entry in sorted(_registry.values(), key=lambda e: e.order) if entry.visible_to(user)]
    urls = {entry.key: reverse(entry.url_name) for entry in shown}
    within = [url for url in urls.values() if request.path == url or (url != "/" and request.path.startswith(url))]
    here = max(within, key=len, default=None)
    return [Link(entry.label, urls[entry.key], urls[entry.key] == here) for entry in shown]
