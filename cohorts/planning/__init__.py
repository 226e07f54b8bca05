"""From a plan of days to dates: modules one after the other, peer learning in the gaps between them (B5, B11).

Nothing is stored here: a coordinator looks at the proposal first, and moves single dates afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from django.utils import timezone

from cohorts.models import Component, PeerGroup
from cohorts.models.plan import MILLIONTH
from cohorts.planning.bank_holidays import DAY, ENGLAND_AND_WALES, is_working_day
from cohorts.states import ComponentKind, ComponentMode, Unit

MOST_TRIES = 120  # days: five working days in a row are found sooner, even after the summer holidays


@dataclass(frozen=True)
class Pattern:
    """How the sessions lie: the first day, so many weeks from block to block, so many days in a row, from when to when; and whether
    they may lie in school holidays."""

    first_on: date
    weeks_between: int
    days_in_a_row: int
    starts: time
    ends: time
    in_holidays: bool = False


@dataclass(frozen=True)
class Draft:
    """A session that could be made."""

    component: Component
    title: str
    starts_at: datetime
    ends_at: datetime
    days: Decimal
    peer_group: PeerGroup | None = None
    nights: int = 0
    asks_needs: bool = False


@dataclass(frozen=True)
class Days:
    """Which days can have a session: working days of a nation that are not kept free for another reason."""

    nation: str = ENGLAND_AND_WALES
    off: frozenset[date] = frozenset()

    def is_free(self, day: date) -> bool:
        return is_working_day(day, self.nation) and day not in self.off

    def from_on(self, day: date) -> date:
        """The day itself, or the next that is free. Raises LookupError where none comes."""
        for number in range(MOST_TRIES):
            if self.is_free(day + number * DAY):
                return day + number * DAY
        raise LookupError(f"No day is free for {MOST_TRIES} days after {day}.")


def _block_of(start: date, length: int, days_to_have: Days) -> list[date]:
    """So many free days in a row within one week: a block that would run into a weekend or a holiday begins
    after it. A block that is longer than a week takes the free days as they come."""
    day = days_to_have.from_on(start)
    if length > 5:
        days = [day]
        while len(days) < length:
            days.append(days_to_have.from_on(days[-1] + DAY))
        return days
    for _ in range(MOST_TRIES):
        days = [day + number * DAY for number in range(length)]
        if all(map(days_to_have.is_free, days)):
            return days
        day = days_to_have.from_on(day + DAY)
    raise LookupError(f"No {length} working days in a row after {start}.")


def _units(component: Component) -> list[Decimal]:
    """The component as single sessions of at most a day: five meetings of two days are ten sessions of one."""
    if component.meetings and component.days_each:
        each, meetings = component.days_each, component.meetings
    elif component.unit == Unit.SESSIONS:
        each, meetings = component.unit_days, int(component.most)
    else:
        each, meetings = component.days, 1
    each = each.quantize(MILLIONTH)
    parts = int(each.to_integral_value(ROUND_CEILING))
    one = [Decimal(1)] * (parts - 1) + [each - (parts - 1)]
    return one * meetings


def _in_a_row(component: Component, pattern: Pattern) -> int:
    """Days that belong together: those of one meeting where it has several, those of one session where it is counted in these,
    else as many as the coordinator says."""
    if component.unit == Unit.SESSIONS:
        return int(component.unit_days.to_integral_value(ROUND_CEILING))
    each = component.days_each if component.meetings and component.days_each else component.days
    return max(1, int(each.to_integral_value(ROUND_CEILING))) if each > 1 else max(1, pattern.days_in_a_row)


def _name(component: Component, number: int, *, alone: bool) -> str:
    """“Module 3” where all modules are one component, else the component's title, numbered if it has several blocks."""
    if not number:
        return component.title
    name = ComponentKind.MODULE.label if alone and component.kind == ComponentKind.MODULE else component.title
    return f"{name} {number}"


def _moments(day: date, pattern: Pattern, days: Decimal) -> tuple[datetime, datetime]:
    zone = timezone.get_default_timezone()
    start = datetime.combine(day, pattern.starts, zone)
    whole = datetime.combine(day, pattern.ends, zone) - start
    return start, start + (whole if days >= 1 else whole * float(days))


def propose(
    components: Iterable[Component],
    groups: list[PeerGroup],
    pattern: Pattern,
    nation: str = ENGLAND_AND_WALES,
    off: frozenset[date] = frozenset(),
) -> list[Draft]:
    """Sessions for these components, in order of time; never on a bank holiday of the nation, nor on a day that is `off`."""
    to_have = Days(nation, off)
    every = list(components)
    blocks: list[tuple[date, date]] = []
    drafts: list[Draft] = []
    modules = [c for c in every if c.kind == ComponentKind.MODULE]
    for component in (c for c in every if not c.in_groups):
        units, length = _units(component), _in_a_row(component, pattern)
        chunks = [units[at : at + length] for at in range(0, len(units), length)]
        for number, chunk in enumerate(chunks, 1):
            start = pattern.first_on + timedelta(weeks=pattern.weeks_between * len(blocks))
            if blocks:  # one that gave way to a holiday may have come near
                start = max(start, blocks[-1][1] + DAY)
            days = _block_of(start, len(chunk), to_have)
            blocks.append((days[0], days[-1]))
            name = _name(component, number if len(chunks) > 1 else 0, alone=len(modules) == 1)
            for at, (day, part) in enumerate(zip(days, chunk, strict=True), 1):
                title = f"{name}, day {at}" if len(chunk) > 1 else name
                # Asked once for all of it: people stay from the first of its days to the last.
                asks = component.mode == ComponentMode.RESIDENTIAL and at == 1
                nights = (days[-1] - days[0]).days if asks else 0
                drafts.append(Draft(component, title, *_moments(day, pattern, part), part, None, nights, asks))
    for component in (c for c in every if c.in_groups):
        units = _units(component)
        for number, (day, part) in enumerate(zip(_gaps(blocks, len(units), pattern, to_have), units, strict=True), 1):
            starts, ends = _moments(day, pattern, part)
            title = f"{component.title} {number}" if len(units) > 1 else component.title
            meeting: Sequence[PeerGroup | None] = groups or (None,)
            drafts += [Draft(component, title, starts, ends, part, group) for group in meeting]
    return sorted(drafts, key=lambda draft: draft.starts_at)


def _gaps(blocks: list[tuple[date, date]], count: int, pattern: Pattern, to_have: Days) -> list[date]:
    """Days half-way between one block and the next; further ones follow after the last at the same distance."""
    step = timedelta(weeks=pattern.weeks_between)
    ends = [last for _, last in blocks] or [pattern.first_on - step / 2]
    while len(ends) <= count:
        ends.append(ends[-1] + step)
    starts = [first for first, _ in blocks[1:]]
    days = []
    for at in range(count):
        following = starts[at] if at < len(starts) else ends[at] + step
        days.append(to_have.from_on(ends[at] + (following - ends[at]) // 2))
    return days
