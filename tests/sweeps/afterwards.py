"""What comes after a programme, in the world of the sweeps: who was asked where they are now."""

from typing import Any

import pgtrigger

from cohorts.models import (
    AlumniChoice,
    Destination,
    DestinationAnswer,
    DestinationMoment,
    Enrolment,
    GraduateInterest,
    GraduateOffer,
    StepConfirmation,
    Story,
)
from cohorts.notices.destinations import DESTINATION_LINK
from cohorts.states.stories import StoryStatus
from steppingup import clock
from steppingup.accounts.models import TokenLink
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day
from tests.factories.confirmations import holder_of
from tests.factories.stories import written


def ask_where_they_are(world: Any) -> None:
    """The programme asks at the end; the participant of the finished cohort was asked."""
    things = world.things
    things.destination_moment = DestinationMoment.objects.create(programme=things.programme, months=0)
    things.destination = was_asked(things.completed)
    _, raw = TokenLink.issue(purpose=DESTINATION_LINK, target=things.destination, email=world.participant.email, days=9)
    things.destination_token = raw

    confirm_that_they_stepped_up(things)
    things.alumni_choice = AlumniChoice.objects.create(enrolment=things.completed, speaks=True, hears=True)
    things.graduate_offer = offered_to_graduates(things.programme, "Head of Care")
    things.other_offer = offered_to_graduates(things.programme, "Head of Estates")
    GraduateInterest.objects.create(offer=things.other_offer, enrolment=things.completed)
    things.story = shown(things.completed)


def confirm_that_they_stepped_up(things: Any) -> None:
    """Half a year on they were promoted, and somebody at work is asked about it."""
    things.stepped = was_asked(things.completed, months=6)
    things.step_answer = says_that_they_stepped(things.stepped)
    things.confirmation = is_asked_of_work(things.step_answer)
    things.confirmation_token = holder_of(things.confirmation).link.raw


def says_that_they_stepped(destination: Destination) -> DestinationAnswer:
    said = {"moves": ["promoted"], "job_title": "Head of Care", "said_on": day(0)}
    return DestinationAnswer.objects.create(destination=destination, **said)


def is_asked_of_work(answer: DestinationAnswer, **more: Any) -> StepConfirmation:
    sam = {"name": "Sam Marsh", "email": "sam.marsh@harbour.example", **more}
    return StepConfirmation.objects.create(answer=answer, **sam)


def offered_to_graduates(programme: Any, title: str) -> GraduateOffer:
    return GraduateOffer.objects.create(
        programme=programme,
        organisation=OrganisationFactory(),
        title=title,
        kind="secondment",
        description="Six months.",
        contact_name="Sam Marsh",
        contact_email="sam@avon.example",
        closes_on=day(20),
        opened_at=clock.now(),
    )


def shown(enrolment: Enrolment) -> Story:
    """A story that everybody reads."""
    found = written(enrolment)
    with pgtrigger.ignore():
        yes = {"status": StoryStatus.PUBLISHED, "agreed_at": clock.now(), "agreed_to": found.fingerprint}
        Story.objects.filter(pk=found.pk).update(**yes)
    return Story.objects.get(pk=found.pk)


def was_asked(enrolment: Enrolment, months: int = 0) -> Destination:
    return Destination.objects.create(enrolment=enrolment, months=months, due_on=day(0))
