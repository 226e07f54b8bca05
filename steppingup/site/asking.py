"""A page as somebody would see it, asked for inside this process: for previews of pages, and for dry runs."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404, HttpRequest
from django.urls import resolve

from steppingup.history.lifecycle import NotPossible

#: A page may lead on to another so often.
MOST_STEPS = 3
#: An address that no machine has (RFC 5737).
NOBODY_S = "192.0.2.1"
#: What says on which machine a page is asked for.
WHERE = ("SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "wsgi.url_scheme", "REMOTE_ADDR")


def page_for(path: str, user: Any, like: HttpRequest | None = None) -> str:
    """The page at this path as this person sees it, as HTML; `like` another request, or as the site is reached from outside.

    Raises NotPossible where it leads on and on, and Http404 where there is none, or none for them."""
    for _ in range(MOST_STEPS):
        match = resolve(path)
        seen = _request(path, user, like)
        seen.resolver_match = match
        answer: Any = match.func(seen, *match.args, **match.kwargs)
        if hasattr(answer, "render"):
            answer.render()
        if answer.status_code >= 400:
            raise Http404(path)
        if not 300 <= answer.status_code < 400:
            return str(answer.content.decode())
        path = str(answer.url).partition("?")[0]
    raise NotPossible("This page leads on to others, so it cannot be shown here.", "form")


class _Forgetful(SessionBase):
    """A session that nothing is kept of."""

    def save(self, must_create: bool = False) -> None:
        return None

    def load(self) -> dict[str, Any]:
        return {}

    def exists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        return None

    def delete(self, session_key: str | None = None) -> None:
        return None


def _request(path: str, user: Any, like: HttpRequest | None) -> HttpRequest:
    seen: Any = HttpRequest()
    seen.method, seen.path, seen.path_info = "GET", path, path
    seen.META = {name: like.META[name] for name in WHERE if name in like.META} if like else _from_outside()
    seen.session, seen.user = _Forgetful(), user
    seen._messages = FallbackStorage(seen)
    if nonce := getattr(like, "csp_nonce", None):
        seen.csp_nonce = nonce
    return seen


def _from_outside() -> dict[str, str]:
    site = urlsplit(settings.SITE_URL)
    port = site.port or (443 if site.scheme == "https" else 80)
    where = {"SERVER_NAME": site.hostname or "localhost", "SERVER_PORT": str(port), "HTTP_HOST": site.netloc}
    return {**where, "REMOTE_ADDR": NOBODY_S}
