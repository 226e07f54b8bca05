"""The demonstration's mailbox: every email that was sent, so that the links in them can be followed."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from steppingup.messaging import mailbox

PER_PAGE = 25
# An email brings its own styles. It runs nothing and loads nothing.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'"


def _only_in_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise Http404


def _letter(key: str) -> mailbox.Letter:
    _only_in_demonstration()
    found = mailbox.letter(key)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    _only_in_demonstration()
    words = request.GET.get("q", "").strip()
    page = Paginator(mailbox.letters(words), PER_PAGE).get_page(request.GET.get("page"))
    page_range = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render(request, "messaging/mailbox.html", {"page_obj": page, "page_range": page_range, "words": words})


@require_safe
@never_cache
def letter(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "messaging/letter.html", {"letter": _letter(key)})


@require_safe
@never_cache
@xframe_options_sameorigin
def letter_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part by itself, for the frame of the page above. Its links open in the whole window."""
    html = _letter(key).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = LETTER_POLICY
    return response
