"""Coaching of the world, and some more of it."""

from decimal import Decimal
from typing import Any

from cohorts.models import CoachingRequest, CoachingSession
from tests.factories.coaching import CoachFactory, arranged, asked_for, supporter, with_employer
from tests.factories.cohorts import day


def coach_people(world: Any) -> None:
    things, by = world.things, world.coordinator
    things.coach = CoachFactory(provider=things.provider, name="Avon Coaching", cost=Decimal(100))
    things.coaching = asked_for(things.enrolment)
    things.coaching_arranged = arranged(things.enrolment, by, things.coach)
    things.coaching_session = CoachingSession.objects.create(coaching=things.coaching_arranged, on=day(-2), minutes=60)
    things.coaching_asked = with_employer(things.enrolment, by)
    things.coaching_token = supporter(things.coaching_asked).link.raw


def more_coaching(world: Any, enrolment: Any) -> None:
    coach = CoachFactory(provider=world.provider, name=f"Quay Coaching {enrolment.pk}")
    for whose in (enrolment, world.enrolment):
        made = CoachingRequest.objects.create(enrolment=whose, theme="career", words="What next?", sessions=2)
        CoachingRequest.objects.filter(pk=made.pk).update(coach=coach)
        CoachingSession.objects.create(coaching=made, on=day(-3), minutes=45)
