"""An action that refuses is an answer, not an error; nor is an address that nobody can have meant."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

from steppingup.accounts import security_log
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.history.lifecycle import NotPossible
from steppingup.site import errors


def way_back(request: HttpRequest) -> str:
    """Where the person came from, on this site; otherwise the page itself (after a POST) or the front page."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if request.method == "POST" or address != request.get_full_path():
            return address
    if request.method == "POST":
        return request.get_full_path()
    return reverse("admin:index") if request.path.startswith(reverse("admin:index")) else reverse("home")


class PlainAnswers(MiddlewareMixin):
    """`NotPossible` from a view becomes its sentence on the page before; `NotAllowed` becomes “not found”
    (in the admin “not allowed”), so that nobody learns what exists."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotPossible):
            if request.headers.get("Accept", "").startswith("application/json"):
                return HttpResponse(str(exception), status=409, content_type="text/plain; charset=utf-8")
            if request.method == "GET" and request.get_full_path() == request.session.get("refused_at"):
                request.session.pop("refused_at")  # the page refuses to be shown at all: do not go round in circles
                return errors.page(request, status=409, sentence=str(exception))
            if request.method == "GET":
                request.session["refused_at"] = request.get_full_path()
            messages.error(request, str(exception))
            return HttpResponseRedirect(way_back(request))
        if isinstance(exception, NotAllowed):
            security_log.note("not allowed", request=request, user=getattr(request, "user", None))
        if isinstance(exception, OwnRecord):
            return errors.page(request, status=403, sentence=str(exception))
        if isinstance(exception, NotAllowed):
            return errors.page(request, status=403 if request.path.startswith(reverse("admin:index")) else 404)
        return None


NOTHING, NOTHING_QUOTED = "\x00", "%00"
METHODS = ("GET", "HEAD", "POST")


class PlainAddresses(MiddlewareMixin):
    """The database knows no text with NUL in it. In a form it gets a sentence (Django's fields see to that); in what an
    address asks for it is left out, and in the address itself it leads nowhere. Pages are looked at and posted to; nothing
    here knows any other method."""

    def process_request(self, request: HttpRequest) -> None:
        query = request.META.get("QUERY_STRING", "")
        if NOTHING_QUOTED in query or NOTHING in query:
            request.META["QUERY_STRING"] = query.replace(NOTHING_QUOTED, "").replace(NOTHING, "")

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        if NOTHING in request.path:
            raise Http404("There is no such address.")
        return None if request.method in METHODS else HttpResponseNotAllowed(METHODS)
