"""Two people at the same moment: what one has begun, the other does not overlook."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cohorts.actions import cohorts, completion, enrolments, placements
from cohorts.models import CompletionRule, Enrolment, Placement
from cohorts.states import CohortStatus, EnrolmentStatus
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory
from tests.racing import at_once, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = {"kind": Placement.Kind.PROJECT, "title": "A new front desk"}


def test_two_who_give_an_assignment_in_the_same_second_give_one():
    participant, host = ParticipantFactory(), OrganisationFactory()
    coordinator = staff(provider=participant.cohort.programme.provider)

    def give() -> Placement:
        return placements.set_placement(enrolment=participant, host=host, by=coordinator, **PROJECT)

    answers = at_once([give] * 5)
    assert {type(answer) for answer in answers} == {Placement}, answers
    assert Placement.objects.filter(enrolment=participant).count() == 1


def test_a_cohort_stays_on_the_site_when_somebody_takes_a_place_in_that_second():
    cohort, person = PublishedCohortFactory(), UserFactory()
    coordinator, employer = staff(provider=cohort.programme.provider), OrganisationFactory()

    def take_a_place() -> Enrolment:
        return enrolments.enrol(
            cohort=cohort,
            participant=person,
            employer=employer,
            line_manager_name="Mo Patel",
            line_manager_email="mo@example.org",
            job_title="Team leader",
            by=person,
        )

    answer = meanwhile(take_a_place, lambda: cohorts.unpublish(cohort=cohort, by=coordinator))
    assert isinstance(answer, NotPossible), answer
    cohort.refresh_from_db()
    assert cohort.status == CohortStatus.PUBLISHED


def test_nobody_completes_by_a_day_that_is_taken_back_in_that_second():
    participant = ParticipantFactory()
    cohort = participant.cohort
    coordinator = staff(provider=cohort.programme.provider)
    stretch = cohort.plan.components.get(key="stretch")
    CompletionRule.objects.create(cohort=cohort, component=stretch, minimum=1)
    host = OrganisationFactory()
    placement = placements.set_placement(enrolment=participant, host=host, by=coordinator, **PROJECT)
    yesterday = timezone.localdate() - timedelta(days=1)
    day = placements.record_day(placement=placement, on=yesterday, days=Decimal(1), what="", by=participant.participant)

    answer = meanwhile(
        lambda: placements.remove_day(day=day, by=participant.participant),
        lambda: completion.complete(enrolment=participant, by=coordinator),
    )
    assert isinstance(answer, NotPossible), answer
    participant.refresh_from_db()
    assert participant.status == EnrolmentStatus.ENROLLED
