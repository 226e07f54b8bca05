"""Pages for when something is wrong: each says what happened and what to do. The last one needs no database."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None, sentence: str = "") -> HttpResponse:
    return render(request, "errors/403.html", {"sentence": sentence}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    """What was asked for is not possible now, and there is no page to go back to."""
    return render(request, "errors/409.html", {"sentence": sentence}, status=409)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """A plain file: nothing that may itself be broken is used."""
    page = Path(settings.BASE_DIR) / "templates" / "errors" / "500.html"
    return HttpResponseServerError(page.read_text(encoding="utf-8"))
