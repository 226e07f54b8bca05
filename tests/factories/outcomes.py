"""Programmes that are followed up, by the moments of the years after them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from cohorts.models import Cohort, Destination, DestinationAnswer, DestinationMoment, Enrolment, Programme
from cohorts.states import ENROLMENT
from cohorts.states.destinations import Move
from representation.models import OutcomeStudy
from steppingup import clock
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day

Said = Mapping[int, Iterable[Move]]


def study(programme: Programme, moments: Iterable[int] = (0, 6, 12)) -> OutcomeStudy:
    """The programme asks its graduates at these moments."""
    for months in moments:
        DestinationMoment.objects.get_or_create(programme=programme, months=months)
    OutcomeStudy.objects.get_or_create(programme=programme)
    return OutcomeStudy.objects.for_steps().get(programme=programme)


def graduate(cohort: Cohort, said: Said, days_ago: int = 400, **more: Any) -> Enrolment:
    """Somebody completed so long ago, and has said this at these moments."""
    one = ParticipantFactory(cohort=cohort, **more)
    at = clock.now() - timedelta(days=days_ago)
    one = ENROLMENT.move(one, "complete", completed_at=at)
    for months, moves in said.items():
        say(one, months, *moves)
    return one


def say(enrolment: Enrolment, months: int, *moves: Move) -> DestinationAnswer:
    asked, _ = Destination.objects.get_or_create(
        enrolment=enrolment, months=months, defaults={"due_on": day(-400 + 30 * months)}
    )
    return DestinationAnswer.objects.create(destination=asked, moves=[str(one) for one in moves], said_on=day(-1))


def cohort_of(programme: Programme, stepped: int, same: int, silent: int, **more: Any) -> Cohort:
    """So many of a cohort were promoted by the sixth month, so many are in the same job a year on, and so many said nothing."""
    cohort: Cohort = RunningCohortFactory(programme=programme, capacity=60, **more)
    work = {"employer": OrganisationFactory(), "line_manager": UserFactory()}
    for number, said in (
        (stepped, {0: [Move.SAME], 6: [Move.PROMOTED]}),
        (same, {0: [Move.SAME], 6: [Move.SAME], 12: [Move.SAME, Move.WIDER]}),
        (silent, {}),
    ):
        for _ in range(number):
            graduate(cohort, said, **work)
    return cohort
