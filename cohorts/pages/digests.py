"""The line manager's email once a month is stopped and begun again: by the link in it without an account, or on the page of the team."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cohorts.actions import digests
from cohorts.models import ManagerDigest
from cohorts.notices.digests import DIGEST_LINK
from cohorts.relations import LINE_MANAGER, enrolments_of
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest

STOP = "stop"


def _answer(request: HttpRequest, digest: ManagerDigest, by: Actor) -> None:
    if request.POST.get("do") == STOP:
        digests.stop(digest=digest, by=by)
        messages.success(request, "Stopped. You get no more of these emails, unless you want them again.")
    else:
        digests.begin_again(digest=digest, by=by)
        messages.success(request, "You get them again, from next month on.")


@token_view(DIGEST_LINK)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Nobody is named here: the mail may have been passed on."""
    digest: Any = link.target
    if request.method == "POST":
        _answer(request, digest, LinkHolder(link))
        return redirect(reverse("cohorts:digest", args=[link.raw]))
    return render(request, "cohorts/digest.html", {"digest": digest})


@require_POST
@login_required
def own(request: SignedInRequest) -> HttpResponse:
    """The same, signed in."""
    if not enrolments_of(request.user, LINE_MANAGER).exists():
        raise Http404
    _answer(request, digests.digest_of(request.user), request.user)
    return redirect("cohorts:team")
