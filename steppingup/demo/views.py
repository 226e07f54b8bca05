"""Demonstrations only: be one of the people, and read every email that was sent, so that the links in them can be
followed. These addresses do not exist anywhere else."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login, logout
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from steppingup.accounts.models import DemonstrationPerson
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION
from steppingup.demo import mailbox
from steppingup.demo.visitors import path_of, person_for_key

PER_PAGE = 25
# An email brings its own styles. It runs nothing and loads nothing.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'"


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    entries = DemonstrationPerson.objects.select_related("user__organisation")
    rows = [{"entry": entry, "path": path_of(entry)} for entry in entries]
    loading = not all(row["path"] for row in rows)
    return render(request, "demo/people.html", {"rows": rows, "loading": loading})


@never_cache
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """One click. It signs in on GET, which is right here only because it exists in demonstrations only."""
    user = person_for_key(key)
    if user is None:
        raise Http404
    logout(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, method="demonstration")
    request.session[DEMONSTRATION_SESSION] = True
    entry = getattr(user, "demonstration", None)
    return redirect(entry.address if entry else "/")


def _letter(key: str) -> mailbox.Letter:
    found = mailbox.letter(key)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    page = Paginator(mailbox.letters(words), PER_PAGE).get_page(request.GET.get("page"))
    page_range = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render(request, "demo/mailbox.html", {"page_obj": page, "page_range": page_range, "words": words})


@require_safe
@never_cache
def letter(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "demo/letter.html", {"letter": _letter(key)})


@require_safe
@never_cache
@xframe_options_sameorigin
def letter_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part by itself, for the frame of the page above. Its links open in the whole window."""
    html = _letter(key).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = LETTER_POLICY
    return response
