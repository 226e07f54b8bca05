"""How long it takes to work out who goes where: sixty participants and eighty opportunities."""

import random
import time

import pytest

from applications.roles import RoleName
from cohorts.actions import choosing as actions
from cohorts.actions.opportunities import open_it
from cohorts.models import Choosing, Opportunity, Ranking
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db
PEOPLE, OFFERED, CHOICES, LIMIT = 60, 80, 5, 5


def test_sixty_participants_and_eighty_opportunities_take_less_than_five_seconds():
    draw, cohort = random.Random(9), RunningCohortFactory(capacity=PEOPLE)
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    hosts = [OrganisationFactory() for _ in range(OFFERED)]
    keys = [OpportunityFactory(cohort=cohort, host=host).pk for host in hosts]
    for one in Opportunity.objects.for_steps():
        open_it(opportunity=one, by=by)
    choosing = Choosing.objects.create(
        cohort=cohort, component=cohort.plan.components.get(key="stretch"), closes_on=day(9)
    )
    for _ in range(PEOPLE):
        person = ParticipantFactory(cohort=cohort, employer=draw.choice(hosts))
        Ranking.objects.create(choosing=choosing, enrolment=person, choices=draw.sample(keys[:30], CHOICES))
    start = time.monotonic()
    actions.work_out(choosing=choosing, by=by)
    took = time.monotonic() - start
    print(f"{PEOPLE} participants and {OFFERED} opportunities: {took:.2f} s")
    assert choosing.proposals.with_one().count() == PEOPLE
    assert took < LIMIT
