"""Mentoring of somebody without an employer: every mentor is of another organisation, and none of their own (B13)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cohorts.actions import enrolments
from cohorts.models import Component
from cohorts.states import Counterpart, Standing
from mentoring.actions import matching
from mentoring.matching.pool import choices_for, seekers, why_not
from mentoring.models import Pair
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory
from tests.factories.mentoring import confirmed_pair, coordinator_of, mentor_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def alone():
    return ParticipantFactory(standing=Standing.SELF_EMPLOYED, employer=None, line_manager=None, job_title="Coach")


def part_at_home() -> Component:
    """Of a plan whose mentors are from the participant's own organisation."""
    part = PlanFactory().components.get(key="mentoring")
    part.counterpart = Counterpart.OWN
    part.save()
    return part


@pytest.mark.requirement("B13")
def test_any_mentor_is_from_another_organisation(alone, client):
    mentor = mentor_for(alone)
    assert why_not(alone, mentor) == ""
    assert [one.offer.id for one in choices_for(alone)] == [mentor.pk]
    (seeker,) = seekers([alone])
    assert (seeker.family, seeker.employer) == (frozenset(), "Self-employed")
    pair = confirmed_pair(alone, mentor)
    assert pair.message_facts["participant_work"] == "Coach, Self-employed"
    client.force_login(mentor.user)
    assert "Coach, Self-employed" in client.get(reverse("mentoring:mentees")).text
    assert not Pair.objects.no_longer_allowed().exists()


@pytest.mark.requirement("B48")
def test_no_mentor_is_from_their_own():
    part = part_at_home()
    alone = ParticipantFactory(
        cohort=RunningCohortFactory(programme=part.plan.programme, plan=part.plan),
        standing=Standing.SELF_EMPLOYED,
        employer=None,
    )
    mentor = mentor_for(alone)
    assert "is self-employed. The mentor must be from their own organisation." in why_not(alone, mentor, part)
    assert choices_for(alone, part) == []
    with pytest.raises(IntegrityError, match="own organisation"), transaction.atomic():
        Pair.objects.create(enrolment=alone, component=part, mentor=mentor)


@pytest.mark.requirement("B48")
def test_whose_mentor_is_of_the_employer_cannot_lose_it_meanwhile():
    part = part_at_home()
    place = ParticipantFactory(cohort=RunningCohortFactory(programme=part.plan.programme, plan=part.plan))
    by: User = coordinator_of(place)
    matching.pair_by_hand(enrolment=place, mentor=mentor_for(place, organisation=place.employer), component=part, by=by)
    with pytest.raises(NotPossible, match="must be from their own organisation"):
        enrolments.change_employer(enrolment=place, employer=None, standing=Standing.SELF_EMPLOYED, by=SYSTEM)
    # For whoever writes the place without the step, the list of what is not allowed any more has it.
    type(place).objects.filter(pk=place.pk).update(employer=None, standing=Standing.SELF_EMPLOYED)
    assert Pair.objects.no_longer_allowed().count() == 1
