"""Pages for when something is wrong: each says what happened and what to do. The last one needs no database."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render


def page(request: HttpRequest, exception: Exception | None = None, *, status: int, sentence: str = "") -> HttpResponse:
    """The page for a status. `sentence` says more, where somebody may read it."""
    return render(request, f"errors/{status}.html", {"sentence": sentence}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A plain file: nothing that may itself be broken is used."""
    page = Path(settings.BASE_DIR) / "templates" / "errors" / "500.html"
    return HttpResponseServerError(page.read_text(encoding="utf-8"))
