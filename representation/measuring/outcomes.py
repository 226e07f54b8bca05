"""What became of those who completed: who said yes by a moment, who said no, and whose silence leaves it open (B58).

A step up is known from the moment at which somebody says so, and lies between this and their last answer before. Whoever is silent may or
may not have stepped up since their last answer: figures are bounds, from “none of the silent did” to “all of them did”."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from representation.measuring.shares import Share
from steppingup.disclosure.audit import REACH
from steppingup.disclosure.tables import FEWEST, NothingFits, Past, join, publish_lines

#: What somebody said at each moment (months after the end) at which they answered.
Answers = Mapping[int, frozenset[str]]


class Known(StrEnum):
    YES = "yes"
    NO = "no"
    SILENT = "silent"


def known_by(answers: Answers, counts: frozenset[str], months: int) -> Known:
    """Had somebody said one of these by this moment? Whoever answers later that they never did, did not by then either; whoever says
    later that they did may have done so by then, or not."""
    said = [at for at, moves in answers.items() if moves & counts]
    first = min(said, default=None)
    if first is not None and first <= months:
        return Known.YES
    before = [at for at in answers if first is None or at < first]
    return Known.NO if max(before, default=-1) >= months else Known.SILENT


@dataclass(frozen=True)
class Tally:
    """So many people, of whom so many said yes, and so many left it open. Raises ValueError for what cannot be."""

    people: int
    yes: int
    silent: int

    def __post_init__(self) -> None:
        if min(self.people, self.yes, self.silent) < 0 or self.yes + self.silent > self.people:
            raise ValueError(f"{self.yes} and {self.silent} of {self.people} are no people.")

    @property
    def no(self) -> int:
        return self.people - self.yes - self.silent

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.people + other.people, self.yes + other.yes, self.silent + other.silent)

    @property
    def turned(self) -> "Tally":
        """The same of those who said no: “still there”, where yes is “left”."""
        return Tally(self.people, self.no, self.silent)


NOBODY = Tally(0, 0, 0)


def tally(people: Iterable[Answers], counts: frozenset[str], months: int) -> Tally:
    found = [known_by(answers, counts, months) for answers in people]
    return Tally(len(found), found.count(Known.YES), found.count(Known.SILENT))


def tally_confirmed(people: Iterable[Iterable[int]], months: int) -> Tally:
    """Of each, the moments of whose answers the employer has confirmed a step up. Who was not asked is not confirmed, and nobody’s silence."""
    found = [min(moments, default=months + 1) <= months for moments in people]
    return Tally(len(found), sum(found), 0)


@dataclass(frozen=True)
class Bounds:
    """Shares of all who completed, in percent. `least` takes all the silent as no, `most` all of them as yes; between `low` and `high` it
    lies with 95%, chance and rounding (`reach` people to either side) included."""

    least: Decimal
    most: Decimal
    low: Decimal
    high: Decimal


def bounds(found: Tally, reach: int = REACH) -> Bounds | None:
    """Nothing for fewer than fifteen people: too few to tell. `reach` is 0 for numbers that were not rounded."""
    if found.people < FEWEST:
        return None
    open_to = min(found.people, found.yes + found.silent)
    fewest, most = max(0, found.yes - reach), min(found.people, open_to + 2 * reach)
    return Bounds(
        Share(found.yes, found.people).percent,
        Share(open_to, found.people).percent,
        Share(fewest, found.people).interval[0],
        Share(most, found.people).interval[1],
    )


@dataclass(frozen=True)
class Step:
    """A moment of the curve: by so many months, between `least` and `most` percent had stepped up; with 95%, between `low` and `high`."""

    months: int
    least: Decimal
    most: Decimal
    low: Decimal
    high: Decimal


def curve(found: Mapping[int, Tally], reach: int = REACH) -> list[Step]:
    """How many had stepped up by each moment, as the bounds of Kaplan and Meier’s curve: below, each step counts from when it was said and
    the silent never took one; above, it counts from right after the last answer before, and the silent took one then. Nobody takes a
    step back, so neither end falls. Moments with too few people are passed over."""
    known = [(months, both) for months, one in sorted(found.items()) if (both := bounds(one, reach)) is not None]
    steps: list[Step] = []
    least = low = Decimal(0)
    ends: list[tuple[Decimal, Decimal]] = []
    most = high = Decimal(100)
    for _, one in reversed(known):
        most, high = min(most, one.most), min(high, one.high)
        ends.append((most, high))
    for (months, one), (above, top) in zip(known, reversed(ends), strict=True):
        least, low = max(least, one.least), max(low, one.low)
        steps.append(Step(months, least, max(above, least), low, max(top, low)))
    return steps


def half_by(steps: Sequence[Step]) -> tuple[int | None, int | None]:
    """By which moment half of them had stepped up: at the soonest and at the latest, as far as silence, chance and rounding leave it open.
    Nothing where that is not so by the last moment."""
    soonest = next((one.months for one in steps if one.high >= 50), None)
    latest = next((one.months for one in steps if one.low >= 50), None)
    return soonest, latest


@dataclass(frozen=True)
class CostEach:
    """Pounds for each person who stepped up: `least` where all the silent did, `most` where none did; with 95%, between `low` and `high`.
    Nothing where it may be that nobody did: then there is no upper end."""

    least: Decimal
    most: Decimal | None
    low: Decimal
    high: Decimal | None


def cost_each(total: Decimal, found: Tally, reach: int = REACH) -> CostEach | None:
    """What each step up cost, if the programme was the reason for all of them. Nothing with too few people to tell."""
    one = bounds(found, reach)
    if one is None or not one.most:
        return None

    def each(percent: Decimal) -> Decimal | None:
        return total * 100 / (percent * found.people) if percent else None

    least, low = each(one.most), each(one.high)
    assert least is not None
    assert low is not None
    return CostEach(least, each(one.least), low, each(one.low))


# -- as it is published --------------------------------------------------------------------------------

#: Everybody of the programme stands under 0, the others under the number of their cohort.
WHOLE = 0
Errors = Mapping[int, tuple[Past, Past]]


#: Of what was never published: it can be rounded to either side.
NO_PAST = Past(REACH, -REACH)


def beside(stepped: Errors, confirmed: Errors) -> tuple[Errors, Errors]:
    """What the errors of one line were before, with those of the other at the end at which they cut each other: whoever is confirmed has
    stepped up, so the most that stepped up can be, and the least that the confirmed can be, stay a swing apart."""
    first, second = dict(stepped), dict(confirmed)
    for group in {*stepped, *confirmed}:
        above, below = stepped.get(group), confirmed.get(group)
        if below is not None:
            past = above[0] if above else NO_PAST
            first[group] = (Past(min(past.least, below[0].least), past.most), above[1] if above else NO_PAST)
        if above is not None:
            past = below[0] if below else NO_PAST
            second[group] = (Past(past.least, max(past.most, above[0].most)), below[1] if below else NO_PAST)
    return first, second


def groups_of(people: Mapping[int, int]) -> dict[int, list[int]]:
    """Which groups have a number, and the cohorts that each is made of: decided by how many people they are, which is known anyway. Where
    the programme is one cohort alone, both are the same people."""
    some = [cohort for cohort, number in people.items() if number]
    found = {WHOLE: some} if sum(people.values()) >= FEWEST else {}
    return found | {cohort: [cohort] for cohort in some if people[cohort] >= FEWEST}


def release(
    parts: Mapping[int, Tally], past: Errors, key: str, secret: str, has_silent: bool = True
) -> dict[int, Tally]:
    """The numbers of one line at one moment, of the programme and each cohort that has people enough, chosen together. From the same
    answers come the same numbers. Yes and silent together are never more than there are people. Where no numbers of the cohorts fit
    beside each other, the programme has one alone. Raises NothingFits."""
    groups = groups_of({cohort: one.people for cohort, one in parts.items()})
    about = f"{key}\n{[(cohort, one.people, one.yes, one.silent) for cohort, one in parts.items()]}"
    lines = (0, 1) if has_silent else (0,)
    try:
        return _drawn(parts, groups, past, about, secret, lines)
    except NothingFits:
        whole = {group: cohorts for group, cohorts in groups.items() if group == WHOLE}
        return _drawn(parts, whole, past, about, secret, lines)


def _drawn(
    parts: Mapping[int, Tally],
    groups: Mapping[int, list[int]],
    past: Errors,
    key: str,
    secret: str,
    lines: Sequence[int],
) -> dict[int, Tally]:
    """The yes of each group, and the silent beside it: nobody where there is one line only. Raises NothingFits."""
    at = {cohort: place for place, cohort in enumerate(parts)}
    same: dict[frozenset[int], list[int]] = {}
    for group, cohorts in groups.items():
        same.setdefault(frozenset(cohorts), []).append(group)
    yes, *silent = publish_lines(
        sizes=[one.people for one in parts.values()],
        lines=[[(one.yes, one.silent)[line] for one in parts.values()] for line in lines],
        groups=[sorted(at[cohort] for cohort in cohorts) for cohorts in same],
        past=[[join(past[group][line] for group in ones if group in past) for ones in same.values()] for line in lines],
        key=key,
        secret=secret,
    )
    people = {group: sum(parts[cohort].people for cohort in cohorts) for group, cohorts in groups.items()}
    shown = {group: place for place, ones in enumerate(same.values()) for group in ones}
    return {
        group: Tally(people[group], yes[place], silent[0][place] if silent else 0) for group, place in shown.items()
    }


def errors(shown: Mapping[int, Tally], parts: Mapping[int, Tally]) -> dict[int, tuple[int, int]]:
    """By how much the true numbers lay above those that were published."""
    cohorts = groups_of({cohort: one.people for cohort, one in parts.items()})
    found = {}
    for group, one in shown.items():
        true = sum((parts[cohort] for cohort in cohorts[group]), NOBODY)
        found[group] = (true.yes - one.yes, true.silent - one.silent)
    return found


__all__ = ["NothingFits", "join", "release"]
