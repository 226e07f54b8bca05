"""Pages by a link, without an account, on which somebody offers several things: what is the same of openings and of opportunities."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from steppingup.accounts.links import LinkGone
from steppingup.accounts.models import TokenLink
from steppingup.formats.date_fields import ThreeBoxes

REAL_DATE = "Enter a real date, such as 27 3 2020, or leave it empty."
optional_date = partial(ThreeBoxes, sentence=REAL_DATE, required=False)


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True)
class Offering:
    """`invitations` are what the link is of, and say of which `programme` they are; `offers` are made by it. `home` is the page with
    all that were offered."""

    invitations: type[Model]
    offers: type[Model]
    home: str

    def invitation(self, link: TokenLink) -> Any:
        """Raises LinkGone once it has ended."""
        behind: Any = link.target
        rows: Any = self.invitations._default_manager
        found = rows.for_steps().get(pk=behind.pk)
        if found.ended_at:
            raise LinkGone(link=link)
        return found

    def own(self, link: TokenLink, pk: int) -> Any:
        """One that was offered by this link. Raises Http404 of any other."""
        rows: Any = self.offers._default_manager
        return get_object_or_404(rows.filter(invitation=self.invitation(link)).for_steps(), pk=pk)

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
