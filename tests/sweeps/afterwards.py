"""What comes after a programme, in the world of the sweeps: who was asked where they are now."""

from typing import Any

from cohorts.models import Destination, DestinationMoment, Enrolment
from cohorts.notices.destinations import DESTINATION_LINK
from steppingup.accounts.models import TokenLink
from tests.factories.cohorts import day


def ask_where_they_are(world: Any) -> None:
    """The programme asks at the end; the participant of the finished cohort was asked."""
    things = world.things
    things.destination_moment = DestinationMoment.objects.create(programme=things.programme, months=0)
    things.destination = was_asked(things.completed)
    _, raw = TokenLink.issue(purpose=DESTINATION_LINK, target=things.destination, email=world.participant.email, days=9)
    things.destination_token = raw


def was_asked(enrolment: Enrolment) -> Destination:
    return Destination.objects.create(enrolment=enrolment, months=0, due_on=day(0))
