"""The register of interest: asking to be told, confirming, leaving (B32)."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications.actions import interest as register_of_interest
from applications.models import Interest
from applications.pages.check import openings, published
from applications.pages.forms import InterestForm
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink


def leave_address(request: HttpRequest, path: str) -> HttpResponse:
    """“Tell me when applications open.” The answer is the same for every address."""
    programme = published(path)
    user = request.user
    known = {"email": user.email, "name": user.full_name} if user.is_authenticated else {}
    form = InterestForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid() and not ratelimit.consume(request, action="interest"):
        form.add_error(None, "Too many people have asked from your network. Wait an hour and try again.")
    elif request.method == "POST" and form.is_valid():
        register_of_interest.register_interest(programme=programme, **form.cleaned_data)
        return redirect("applications:interest_sent", path)
    context = {
        "programme": programme,
        "provider": programme.provider,
        "form": form,
        "back_url": reverse("cohorts:programme", args=[path]),
        "back_label": programme.name,
        **openings(programme),
    }
    return render(request, "applications/interest/register.html", context)


@require_safe
def sent(request: HttpRequest, path: str) -> HttpResponse:
    programme = published(path)
    return render(request, "applications/interest/sent.html", {"programme": programme, "provider": programme.provider})


def _context(link: TokenLink) -> dict[str, object]:
    entry = link.target
    programme = entry.programme if isinstance(entry, Interest) else None
    return {"entry": entry, "programme": programme, "provider": programme.provider if programme else None}


@token_view(register_of_interest.CONFIRM)
def confirm(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The link of the email: one button, so that a mail scanner that opens links confirms nothing."""
    if request.method == "POST":
        register_of_interest.confirm(by=LinkHolder(link))
        return redirect(request.path)
    return render(request, "applications/interest/confirm.html", _context(link))


@token_view(register_of_interest.LEAVE)
def leave(request: HttpRequest, link: TokenLink) -> HttpResponse:
    if request.method == "POST":
        register_of_interest.leave(by=LinkHolder(link))
        return redirect(request.path)
    return render(request, "applications/interest/leave.html", _context(link))
