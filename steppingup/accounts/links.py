"""Token links in views: finding the link behind an address, and pages that nobody caches or passes on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from steppingup.accounts.actions.token_links import note_use
from steppingup.accounts.models import TokenLink, hash_token


class LinkGone(Http404):
    """There is no usable link here. `expired` is True only for a link that was right and not withdrawn."""

    def __init__(self, expired: bool = False) -> None:
        super().__init__("This link does not work.")
        self.expired = expired


def link_or_404(purpose: str, raw: str) -> TokenLink:
    """The usable link with this secret and purpose. Reads only.

    Raises LinkGone, which is a 404: the same for a link that never was and one that was withdrawn."""
    link = TokenLink.objects.find(purpose, raw)
    if link is not None and link.target is not None:
        link.raw = raw
        return link
    earlier = TokenLink.objects.filter(purpose=purpose, token_hash=hash_token(raw), revoked_at=None).first()
    # Only whoever has the secret of a link learns that there was one.
    raise LinkGone(expired=earlier is not None and link is None)


def discreet(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is not cached, not passed on to other sites, not indexed."""
    # Not “no-referrer”: with it a browser posts the page's own form with “Origin: null”, which Django's CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def link_gone(request: HttpRequest, gone: LinkGone) -> HttpResponse:
    """The kind page for a link that does not work (410 when it has expired, else 404)."""
    context = {"expired": gone.expired}
    return discreet(render(request, "accounts/link_gone.html", context, status=410 if gone.expired else 404))


def token_view(purpose: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for the holder of a link: `def support(request, link, …)` at an address with `<str:token>`.

    Finds the link, shows the kind page if it does not work, keeps the page discreet, and notes the use
    on a POST that went through (a GET never writes)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                link = link_or_404(purpose, token)
                response = view(request, link, *args, **kwargs)
            except LinkGone as gone:
                return link_gone(request, gone)
            if request.method == "POST" and 300 <= response.status_code < 400:
                note_use(link=link)
            return discreet(response)

        return wrapped

    return decorate
