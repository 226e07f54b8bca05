"""Voluntary Heads of Service in the world of the sweeps."""

from typing import Any

from cohorts.models import Enrolment
from representation.models import ManagementTeam, TeamTie
from tests.factories import heads as make


def have_heads(world: Any) -> None:
    """A scheme with a year, two teams, and somebody at one of them."""
    things = world.things
    things.heads_scheme = make.scheme(things.provider, about="One at each management team")
    things.heads_year = things.heads_scheme.years.get()
    things.management_team = things.heads_scheme.teams.first()
    things.team_tie = TeamTie.objects.create(team=things.management_team, placement=things.placement)


def more_heads(world: Any, number: int) -> None:
    """As many again: a scheme, a team of it, a year, and somebody at a team."""
    make.scheme(world.provider, name=f"Heads {number}")
    first = 400 + 100 * world.heads_scheme.years.count()
    make.year(world.heads_scheme, first, first + 50)
    team = ManagementTeam.objects.create(scheme=world.heads_scheme, name=f"Team {number}")
    for placement in Enrolment.objects.get(pk=number).placements.all():
        TeamTie.objects.create(team=team, placement=placement)
