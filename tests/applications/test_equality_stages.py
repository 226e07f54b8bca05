"""Stages that come after the programme: who stepped up, who was in the pool, who was a voluntary head (B58, L2, R7)."""

import pytest
import time_machine
from django.utils import timezone

from applications.equality.stages import people_at
from applications.models import Application, Stage
from cohorts.models import Cohort, DestinationAnswer, Placement
from cohorts.states.destinations import Move
from representation.models import TeamTie
from tests.applications.test_equality_figures import closed
from tests.factories import heads, pool
from tests.factories import outcomes as became
from tests.factories.cohorts import RunningCohortFactory

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B58")
def test_what_became_of_graduates_is_counted_as_it_was_said_before_the_quarter():
    """Whoever publishes does not know who stepped up, so the number must not follow each answer."""
    of = closed(2)
    cohort = RunningCohortFactory(programme=of.cohort.programme, plan=of.cohort.plan)
    for one in Application.objects.all():
        place = became.graduate(cohort, {}, participant=one.applicant)
        Application.objects.filter(pk=one.pk).update(enrolment=place)
    first, second = Application.objects.order_by("pk")
    cohorts = Cohort.objects.filter(pk=of.cohort.pk)
    with time_machine.travel("2031-02-10 12:00Z"):
        said = became.say(first.enrolment, 6, Move.PROMOTED)
        became.say(second.enrolment, 6, Move.WIDER)
        assert people_at(Stage.STEPPED_UP, cohorts) == frozenset()
    with time_machine.travel("2031-04-01 12:00Z"):
        assert people_at(Stage.STEPPED_UP, cohorts) == {first.pk}
        DestinationAnswer.objects.filter(pk=said.pk).update(replaced_at=timezone.now())
        assert people_at(Stage.STEPPED_UP, cohorts) == {first.pk}
    with time_machine.travel("2031-07-01 12:00Z"):
        assert people_at(Stage.STEPPED_UP, cohorts) == frozenset()


@pytest.mark.requirement("B58", "L2", "R7")
def test_the_pool_and_voluntary_heads_are_stages_too():
    of = closed(3)
    provider = of.cohort.programme.provider
    cohort = heads.cohort_inside(provider)
    places = []
    for one in Application.objects.order_by("pk"):
        work = heads.assignment(cohort, provider, name=str(one.applicant))
        Application.objects.filter(pk=one.pk).update(enrolment=work.enrolment)
        places.append(work)
    first, second, third = Application.objects.order_by("pk")
    cohorts = Cohort.objects.filter(pk=of.cohort.pk)
    pool.reviewed(pool.post(provider), places[0].enrolment)
    pool.asked(pool.post(provider, "Head of Housing"), places[1].enrolment)
    assert people_at(Stage.IN_POOL, cohorts) == {first.pk}
    team = heads.scheme(provider).teams.first()
    TeamTie.objects.create(team=team, placement=places[1])
    TeamTie.objects.create(team=team, placement=places[2])
    assert people_at(Stage.VOLUNTARY_HEAD, cohorts) == {second.pk, third.pk}
    Placement.objects.filter(pk=places[2].pk).update(starts_on=None)
    assert people_at(Stage.VOLUNTARY_HEAD, cohorts) == {second.pk}
