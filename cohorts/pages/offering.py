"""Pages by a link, without an account, on which somebody offers several things: what is the same of openings and of opportunities."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from cohorts.models import GraduateOffer, OpeningInvitation, Opportunity, OpportunityInvitation
from steppingup.accounts.links import LinkGone
from steppingup.accounts.models import TokenLink
from steppingup.formats.date_fields import ThreeBoxes

REAL_DATE = "Enter a real date, such as 27 3 2020, or leave it empty."
Invitation = TypeVar("Invitation", bound=OpeningInvitation | OpportunityInvitation)
Offer = TypeVar("Offer", bound=GraduateOffer | Opportunity)
optional_date = partial(ThreeBoxes, sentence=REAL_DATE, required=False)


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True)
class Offering(Generic[Invitation, Offer]):
    """`invitations` are what the link is of, and `offers` what is made by it, with what pages show of them. `home` is the page with all
    that were offered."""

    invitations: Callable[[], QuerySet[Invitation]]
    offers: Callable[[], QuerySet[Offer]]
    home: str

    def invitation(self, link: TokenLink) -> Invitation:
        """Raises LinkGone once it has ended."""
        found = self.invitations().get(pk=link.object_id)
        if found.ended_at:
            raise LinkGone(link=link)
        return found

    def own(self, link: TokenLink, pk: int) -> Offer:
        """One that was offered by this link. Raises Http404 of any other."""
        return get_object_or_404(self.offers().filter(invitation=self.invitation(link)), pk=pk)

    def all(self, link: TokenLink) -> str:
        return reverse(self.home, args=[link.raw])

    def page(self, request: HttpRequest, link: TokenLink, template: str, **shown: Any) -> HttpResponse:
        invitation = self.invitation(link)
        around = {
            "invitation": invitation,
            "programme": invitation.programme,
            "provider": invitation.programme.provider,
            "token": link.raw,
        }
        return render(request, template, {**around, **shown})
