"""Every address of the site, from the resolver."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver


def patterns(resolver: Any = None, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its full name: “admin:cohorts_cohort_change”. Without a name: its namespace and its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from patterns(pattern, inside)
        else:
            yield ":".join((*namespaces, pattern.name or f"({pattern.pattern})")), pattern


def names() -> set[str]:
    return {name for name, _ in patterns()}
