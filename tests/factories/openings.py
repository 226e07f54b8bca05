"""The board of openings, named after its moments."""

from typing import Any

from django.urls import reverse

from cohorts.actions import alumni, openings
from cohorts.models import GraduateOffer, OpeningInvitation, Programme
from cohorts.notices.openings import OPENINGS_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day

SAID: dict[str, Any] = {
    "title": "Deputy head of care",
    "kind": "secondment",
    "for_whom": "both",
    "description": "Half a year in another home.",
    "contact_name": "Delia Marsh",
    "contact_email": "delia@avon.example",
    "closes_on": day(20),
}


def asked(programme: Programme, email: str = "delia@avon.example", **more: Any) -> OpeningInvitation:
    """Somebody at an employer, to whom nothing was sent."""
    given = {"organisation": more.pop("organisation", None) or OrganisationFactory(), "name": "Delia Marsh", **more}
    return OpeningInvitation.objects.create(programme=programme, email=email, **given)


def link_of(invitation: OpeningInvitation) -> TokenLink:
    """A link that works, with its secret."""
    link, raw = TokenLink.issue(purpose=OPENINGS_LINK, target=invitation, email=invitation.email, days=9)
    link.raw = raw
    return link


def address_of(invitation: OpeningInvitation) -> str:
    return reverse("cohorts:offer_openings", args=[link_of(invitation).raw])


def offered(invitation: OpeningInvitation, **said: Any) -> GraduateOffer:
    """Offered by the link; it is to be looked at."""
    return openings.offer_opening(invitation=invitation, by=LinkHolder(link_of(invitation)), **{**SAID, **said})


def opening(programme: Programme, **said: Any) -> GraduateOffer:
    """Written down by staff; not on the board yet."""
    given = {"organisation": OrganisationFactory(), **SAID, **said}
    return GraduateOffer.objects.create(programme=programme, **given)


def fresh(offer: GraduateOffer) -> GraduateOffer:
    return GraduateOffer.objects.for_steps().get(pk=offer.pk)


def on_the_board(programme: Programme, by: Any, **said: Any) -> GraduateOffer:
    """Those for whom it is see it."""
    return alumni.open_to_graduates(offer=fresh(opening(programme, **said)), by=by)
