"""From which page a change was made, for the history: without the keys that stand in some addresses."""

from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from pghistory.middleware import HistoryMiddleware

PRIVATE = "(private)"


def without_keys(request: HttpRequest) -> str:
    """The address with a mark in the place of the secret of a token link, of which only the hash is stored."""
    try:
        token = resolve(request.path_info).kwargs.get("token")
    except Resolver404:
        return request.path
    return request.path.replace(str(token), PRIVATE) if token else request.path


class DiscreetHistory(HistoryMiddleware):
    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_context(request), "url": without_keys(request)}
