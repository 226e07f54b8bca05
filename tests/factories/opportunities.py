"""Opportunities, named after moments of offering."""

from typing import Any

import factory
from django.urls import reverse
from factory.django import DjangoModelFactory

from cohorts.actions import opportunities
from cohorts.models import Opportunity, OpportunityInvitation
from cohorts.notices.opportunities import OFFER_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import RunningCohortFactory

SAID: dict[str, Any] = {
    "title": "A new front desk",
    "description": "Visitors wait too long.",
    "place": "Bristol",
    "working_pattern": "every Tuesday",
    "supervisor_name": "Delia Marsh",
    "supervisor_email": "delia@museums.example",
}


class OpportunityInvitationFactory(DjangoModelFactory):
    """Somebody who was asked, and to whom nothing was sent."""

    class Meta:
        model = OpportunityInvitation

    cohort = factory.SubFactory(RunningCohortFactory)
    component = factory.LazyAttribute(lambda one: one.cohort.plan.components.get(key="stretch"))
    organisation = factory.SubFactory(OrganisationFactory)
    name = "Delia Marsh"
    email = factory.Sequence(lambda n: f"delia{n}@museums.example")


class OpportunityFactory(DjangoModelFactory):
    """One that staff have entered; it is to be looked at."""

    class Meta:
        model = Opportunity

    cohort = factory.SubFactory(RunningCohortFactory)
    component = factory.LazyAttribute(lambda one: one.cohort.plan.components.get(key="stretch"))
    host = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Project {n}")
    description = "Visitors wait too long."
    place = "Bristol"
    supervisor_name = "Delia Marsh"
    supervisor_email = "delia@museums.example"


def link_of(invitation: OpportunityInvitation) -> TokenLink:
    """A link that works, with its secret."""
    link, raw = TokenLink.issue(purpose=OFFER_LINK, target=invitation, email=invitation.email, days=9)
    link.raw = raw
    return link


def address_of(invitation: OpportunityInvitation) -> str:
    return reverse("cohorts:offer", args=[link_of(invitation).raw])


def offered(invitation: OpportunityInvitation, **said: Any) -> Opportunity:
    """Offered by the link."""
    return opportunities.offer(invitation=invitation, by=LinkHolder(link_of(invitation)), **{**SAID, **said})


def opened(cohort: Any, by: Any, **fields: Any) -> Opportunity:
    """Participants see it."""
    one = OpportunityFactory(cohort=cohort, **fields)
    return opportunities.open_it(opportunity=Opportunity.objects.for_steps().get(pk=one.pk), by=by)
