"""How many Voluntary Heads there were in a year, and at which management teams: counted from assignments, and kept nowhere (R7)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.models import Placement
from representation.models import HeadsScheme, HeadsYear, ManagementTeam
from steppingup import clock


@dataclass(frozen=True)
class Head:
    """An assignment at a management team, and the days on which somebody was there. The last is not known of every assignment."""

    team: ManagementTeam
    placement: Any
    since: date
    until: date | None

    def is_in(self, year: HeadsYear) -> bool:
        return self.since <= year.ends_on and (self.until is None or self.until >= year.starts_on)

    @property
    def has_begun(self) -> bool:
        return self.since <= clock.today()


@dataclass
class TeamRow:
    """A team in a year, with those who are or were there and those who are to come."""

    team: ManagementTeam
    heads: list[Head] = field(default_factory=list)

    @property
    def has_one(self) -> bool:
        return any(head.has_begun for head in self.heads)

    @property
    def state(self) -> str:
        if self.has_one:
            return "Has one"
        return "One is to come" if self.heads else "None"


@dataclass(frozen=True)
class Board:
    """A year as it stands today."""

    year: HeadsYear
    rows: list[TeamRow]

    @property
    def heads(self) -> list[Head]:
        return [head for row in self.rows for head in row.heads]

    @property
    def actual(self) -> int:
        """Those who have begun."""
        return sum(head.has_begun for head in self.heads)

    @property
    def to_come(self) -> int:
        return len(self.heads) - self.actual

    @property
    def with_one(self) -> int:
        return sum(row.has_one for row in self.rows)

    @property
    def without(self) -> list[TeamRow]:
        return [row for row in self.rows if not row.heads]

    @property
    def left_to_find(self) -> int:
        """How many are missing until as many as are wanted have begun or are to come."""
        return max(0, self.year.target - len(self.heads))

    @property
    def room(self) -> int:
        """For how many more there is room; less than nothing where there are too many."""
        return self.year.capacity - len(self.heads)

    @property
    def over(self) -> int:
        return max(0, -self.room)


def assignments_at(scheme: HeadsScheme) -> QuerySet[Placement]:
    """Each assignment that is at a team of the scheme, by itself or by what it came from."""
    mine = Q(team_tie__team__scheme=scheme)
    offered = Q(team_tie=None, opportunity__team_tie__team__scheme=scheme)
    found = Placement.objects.filter(mine | offered)
    return found.select_related("enrolment__cohort", "team_tie__team", "opportunity__team_tie__team").order_by(
        "starts_on", "pk"
    )


def _span(placement: Placement) -> tuple[date, date | None] | None:
    """From when until when somebody was there: until they left, or the host could not go on. None without a first day, or where it came
    to nothing."""
    if placement.starts_on is None:
        return None
    own = placement.enrolment
    left = [timezone.localdate(at) for at in (own.withdrawn_at, own.not_completed_at) if at]
    ends = [day for day in (placement.ends_on, placement.lost_on, *left) if day]
    last = min(ends) if ends else None
    came_to_nothing = any(day <= placement.starts_on for day in (placement.lost_on, *left) if day)
    return None if came_to_nothing else (placement.starts_on, last)


def heads_of(scheme: HeadsScheme) -> tuple[list[Head], int]:
    """Everybody of every year, and how many assignments have no first day yet and count nowhere."""
    heads, undated = [], 0
    for placement in assignments_at(scheme):
        tie = getattr(placement, "team_tie", None) or placement.opportunity.team_tie  # type: ignore[union-attr]
        span = _span(placement)
        undated += placement.starts_on is None and not placement.enrolment.withdrawn_at
        if span is not None:
            heads.append(Head(tie.team, placement, *span))
    return heads, undated


def boards_of(scheme: HeadsScheme) -> tuple[list[Board], int]:
    """A board for each year, the latest first; and how many assignments wait for a first day."""
    heads, undated = heads_of(scheme)
    teams = list(scheme.teams.all())
    return [_board(year, teams, heads) for year in scheme.years.all()], undated


def _board(year: HeadsYear, teams: list[ManagementTeam], heads: list[Head]) -> Board:
    here = [head for head in heads if head.is_in(year)]
    filled = {head.team.pk for head in here}
    rows = {
        team.pk: TeamRow(team)
        for team in teams
        if team.pk in filled
        or ((team.since is None or team.since <= year.ends_on) and (team.until is None or team.until >= year.starts_on))
    }
    for head in here:
        rows[head.team.pk].heads.append(head)
    return Board(year, list(rows.values()))


def board_on(boards: list[Board], day: date | None = None) -> Board | None:
    """The year of a day (today); before the first or between two, the latest that has begun; else the first to come."""
    today = day or clock.today()
    begun = [board for board in boards if board.year.starts_on <= today]
    return begun[0] if begun else (boards[-1] if boards else None)
