"""Nominating by a link, without an account: whom, and why; and taking a nomination back (B35)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.actions import nominations
from applications.models import NominationRequest
from applications.queries import with_applied
from applications.words import nominator
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.site.stepping import checked_first


def _request(link: TokenLink) -> NominationRequest:
    return NominationRequest.objects.for_steps().get(pk=link.object_id)


@token_view(nominations.NOMINATE)
def nominate(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Whom they have nominated, and the form for one more."""
    asked, by = _request(link), LinkHolder(link)
    why, shown = nominations.nominate.refusal(by, asked), None
    if why is None and (shown := checked_first(request, nominations.nominate, asked, by=by)) is None:
        messages.success(request, "Thank you. We have written to them.")
        return redirect("applications:nominate", link.raw)
    if why is not None and request.method == "POST":
        messages.warning(request, f"What you sent does not count. {why}")
        return redirect("applications:nominate", link.raw)
    asked = _request(link)
    rows = list(with_applied(asked.nominations.standing()))
    context = {"rows": rows, "left": max(asked.places - len(rows), 0), "window": asked.cohort.window, "why": why}
    return _render(request, "page", link, asked, context | (shown or {}))


@token_view(nominations.NOMINATE)
def take_back(request: HttpRequest, link: TokenLink, pk: int) -> HttpResponse:
    """One question, who will be told, and the button."""
    asked = _request(link)
    found = asked.nominations.standing().filter(pk=pk).first()
    if found is None:
        raise Http404
    shown = checked_first(request, nominations.withdraw_nomination, asked, by=LinkHolder(link))
    if shown is None:
        messages.success(request, f"You no longer nominate {found.name}. We have told them.")
        return redirect("applications:nominate", link.raw)
    return _render(request, "take_back", link, _request(link), {"nomination": found, **shown})


def _render(
    request: HttpRequest, name: str, link: TokenLink, asked: NominationRequest, context: dict[str, Any]
) -> HttpResponse:
    programme = asked.cohort.programme
    about = {"asked": asked, "cohort": asked.cohort, "programme": programme, "provider": programme.provider}
    words = {"nominator": nominator(asked.cohort.rule_set), "token": link.raw}
    return render(request, f"applications/nominations/{name}.html", {**about, **words, **context})
