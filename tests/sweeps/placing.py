"""The world's opportunities: offered by a link, and open to participants."""

from typing import Any

from django.utils import timezone

from cohorts.actions import opportunities, supervising
from cohorts.models import Choosing, PlacementDay, PlacementProposal, PlacementReport, Ranking
from cohorts.notices.supervising import HOST_LINK
from steppingup.accounts.models import TokenLink
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day
from tests.factories.opportunities import link_of, offered, opened


def offer_opportunities(world: Any) -> None:
    """Somebody was asked and has offered one, which is to be looked at; another is open."""
    things = world.things
    things.offering = opportunities.ask_for_opportunities(
        cohort=things.running,
        organisation=OrganisationFactory(name=f"Avon Museums{things.town}"),
        name="Delia Marsh",
        email="delia@museums.example",
        message="Your front desk would be a good project.",
        by=world.coordinator,
    )
    link = link_of(things.offering)
    things.offer_token = link.raw
    things.opportunity = offered(things.offering)
    things.open_opportunity = opened(things.running, world.coordinator, title="A garden for all")
    part = things.plan.components.get(key="stretch")
    things.choosing = Choosing.objects.create(cohort=things.running, component=part, closes_on=day(20))
    Ranking.objects.create(
        choosing=things.choosing, enrolment=things.other_enrolment, choices=[things.open_opportunity.pk]
    )
    things.placement_proposal = PlacementProposal.objects.create(
        choosing=things.choosing,
        enrolment=things.other_enrolment,
        opportunity=things.open_opportunity,
        rank=1,
        reason="Their first choice.",
    )
    things.second_opportunity = opened(things.running, world.coordinator, title="A shop for all")
    # The secret that stands in the addresses is the last that was issued.
    things.offer_token = link_of(things.offering).raw


def supervise(world: Any) -> None:
    """Somebody at the host has a page, and a day waits for them."""
    things = world.things
    things.supervisor = supervising.name_supervisor(
        placement=things.placement, name="Sol Host", email="sol@host.example", by=world.coordinator
    )
    things.waiting_day = PlacementDay.objects.create(
        placement=things.placement, on=day(-6), days="0.25", recorded_by=world.participant, waits=True
    )
    things.own_report = PlacementReport.objects.create(placement=things.placement, moment="midway", side="participant")
    things.host_report = PlacementReport.objects.create(
        placement=things.placement,
        moment="midway",
        side="host",
        goes="well",
        text="Fine.",
        given_by="Sol Host",
        given_at=timezone.now(),
    )
    _, raw = TokenLink.issue(purpose=HOST_LINK, target=things.supervisor, email="sol@host.example", days=9)
    things.host_token = raw
