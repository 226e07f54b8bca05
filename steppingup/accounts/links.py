"""Token links in views: finding the link behind an address, and pages that nobody caches or passes on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from steppingup.accounts.actions.token_links import note_use
from steppingup.accounts.models import TokenLink, hash_token


class LinkGone(Http404):
    """There is no usable link here. `expired` is True only for a link that was right and not withdrawn; `link` is the one that
    there was: whoever has its secret may be told what became of it."""

    def __init__(self, expired: bool = False, link: TokenLink | None = None) -> None:
        super().__init__("This link does not work.")
        self.expired, self.link = expired, link


#: What became of what a link was for, as a heading and a sentence; nothing, where the usual page says enough.
Afterwards = Callable[[TokenLink], tuple[str, str] | None]


def link_or_404(purpose: str, raw: str) -> TokenLink:
    """The usable link with this secret and purpose. Reads only.

    Raises LinkGone, which is a 404."""
    link = TokenLink.objects.find(purpose, raw)
    if link is not None and link.target is not None:
        link.raw = raw
        return link
    earlier = TokenLink.objects.filter(purpose=purpose, token_hash=hash_token(raw)).first()
    # Only whoever has the secret of a link learns that there was one.
    expired = earlier is not None and earlier.revoked_at is None and link is None
    raise LinkGone(expired, earlier if earlier and earlier.target else None)


def discreet(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is not cached, not passed on to other sites, not indexed."""
    # Not “no-referrer”: with it a browser posts the page's own form with “Origin: null”, which Django's CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def link_gone(request: HttpRequest, gone: LinkGone, afterwards: Afterwards | None = None) -> HttpResponse:
    """The kind page for a link that does not work (410 when there was one that has had its time, else 404)."""
    said = afterwards(gone.link) if afterwards and gone.link else None
    context = {"expired": gone.expired, "said": said}
    return discreet(render(request, "accounts/link_gone.html", context, status=410 if gone.expired or said else 404))


def token_view(
    purpose: str, afterwards: Afterwards | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
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
                return link_gone(request, gone, afterwards)
            if request.method == "POST" and 300 <= response.status_code < 400:
                note_use(link=link)
            return discreet(response)

        return wrapped

    return decorate
