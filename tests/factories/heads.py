"""Voluntary Heads of Service, by the moments of their year."""

from typing import Any

from cohorts.models import Cohort, Placement
from cohorts.states import Counterpart, Recording
from representation.actions import heads
from representation.models import HeadsScheme, HeadsYear, ManagementTeam, TeamTie
from steppingup.accounts.models import Organisation, User
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day

KEY = "own-team"


def scheme(provider: Organisation, teams: Any = ("Adults", "Housing"), **more: Any) -> HeadsScheme:
    """The provider’s own, with two management teams, and a year that has been going for thirty days."""
    found = HeadsScheme.objects.create(**{"provider": provider, "organisation": provider, **more})
    for name in teams:
        ManagementTeam.objects.create(scheme=found, name=name)
    year(found)
    return HeadsScheme.objects.for_steps().get(pk=found.pk)


def year(of: HeadsScheme, first: int = -30, last: int = 334, target: int = 23, capacity: int = 30) -> HeadsYear:
    """Between two days, counted from today."""
    return HeadsYear.objects.create(
        scheme=of, starts_on=day(first), ends_on=day(last), target=target, capacity=capacity
    )


def cohort_inside(provider: Organisation, rule: Counterpart = Counterpart.OWN, **more: Any) -> Cohort:
    """A cohort whose plan has an assignment inside one’s own organisation."""
    found: Cohort = RunningCohortFactory(programme__provider=provider, **more)
    part_inside(found, rule)
    return found


def part_inside(cohort: Cohort, rule: Counterpart = Counterpart.OWN) -> Any:
    return cohort.plan.components.create(
        key=KEY, kind="stretch", title="Voluntary Head of Service", most=12, order=50,
        recording=Recording.HOST, counterpart=rule,
    )  # fmt: skip


def assignment(
    cohort: Cohort, council: Organisation, name: str = "Amara Osei", first: int | None = -10, **more: Any
) -> Placement:
    """Somebody of the council has one in it, from ten days ago on."""
    who = ParticipantFactory(cohort=cohort, participant=UserFactory(full_name=name), employer=council)
    given = {"host": council, "title": "Voluntary head", "kind": Placement.Kind.PROJECT, **more}
    starts = None if first is None else day(first)
    part = cohort.plan.components.get(key=KEY)
    return Placement.objects.create(enrolment=who, component=part, starts_on=starts, **given)


def tied(of: HeadsScheme, placement: Placement, by: User, team: str = "Adults") -> TeamTie:
    return heads.tie_to_team(scheme=of, team=of.teams.get(name=team), placement=placement, by=by)
