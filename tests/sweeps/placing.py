"""The world's opportunities: offered by a link, and open to participants."""

from typing import Any

from cohorts.actions import opportunities
from tests.factories.accounts import OrganisationFactory
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
    # The secret that stands in the addresses is the last that was issued.
    things.offer_token = link_of(things.offering).raw
