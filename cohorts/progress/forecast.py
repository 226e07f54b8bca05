"""How many days a participant will have done by their last day: at the pace so far, and at the most.

What comes with sessions is as many of those to come as they went to of those that were; what they record themselves goes on as it
went. Somebody new is taken to do as the plan says: what they did takes the place of that day by day (`DAYS_OF_TRUST`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone

from cohorts.models import (
    Attendance,
    CompletionRule,
    Enrolment,
    Pause,
    Session,
)
from cohorts.models.pausing import last_day_with, paused_days
from cohorts.models.plan import HUNDREDTH
from cohorts.models.session import Share
from cohorts.progress import ComponentProgress, Progress, progress_of_many
from cohorts.progress.record import DAYS_OF_TRUST, Record, records_of
from cohorts.states import BY_MINUTES, Recording
from steppingup import clock
from steppingup.formats import english
from steppingup.formats.recurring import WORKING_WEEK

NONE, ONE = Decimal(0), Decimal(1)
#: A forecast is the middle of what may come. Somebody is at risk where it falls short in one case of three, which is so many standard
#: deviations from the middle: whoever looks at three of them looks at one for nothing.
ONE_IN_THREE = 0.43
#: A quarter is what people say, so that half of one is as good as none.
NEARLY = english.QUARTER / 2
#: Days of an assignment that somebody does in a week, where nothing is known of it yet.
A_WEEK = ONE


@dataclass(frozen=True)
class PartForecast:
    """One part of the plan, in days: done, expected by the last day, and the most that it can come to."""

    part: ComponentProgress
    expected: Decimal
    possible: Decimal
    #: How far it may come otherwise, as a variance in days: each session is attended or not, each day logged or not.
    variance: Decimal = NONE


@dataclass(frozen=True)
class Gap:
    """A rule of completion that may not be met: how much it asks, expects and allows, in its unit."""

    what: str
    noun: str
    asked: Decimal
    done: Decimal
    expected: Decimal
    possible: Decimal

    @property
    def is_short(self) -> bool:
        return self.expected + NEARLY < self.asked

    @property
    def is_out_of_reach(self) -> bool:
        return self.possible.quantize(HUNDREDTH) < self.asked.quantize(HUNDREDTH)

    @property
    def short(self) -> Decimal:
        return self.asked - self.expected

    @property
    def short_in_words(self) -> str:
        return english.days_counted(max(english.QUARTER, english.nearest_quarter(self.short)), self.noun)

    @property
    def asked_in_words(self) -> str:
        return english.days_counted(self.asked, self.noun)

    @property
    def missing_in_words(self) -> str:
        """How much could not be done any more."""
        return english.days_counted(
            max(english.QUARTER, english.nearest_quarter(self.asked - self.possible)), self.noun
        )


@dataclass(frozen=True)
class Forecast:
    """What one participant will have done by their last day."""

    by: date
    parts: tuple[PartForecast, ...]
    risks: tuple[Gap, ...]
    progress: Progress
    record: Record

    @property
    def gaps(self) -> list[Gap]:
        """The rules that will not be met at this pace."""
        return [gap for gap in self.risks if gap.is_short or gap.is_out_of_reach]

    @property
    def expected(self) -> Decimal:
        return english.nearest_quarter(sum((part.expected for part in self.parts), NONE))

    @property
    def is_short(self) -> bool:
        """At this pace a rule will not be met."""
        return bool(self.gaps)

    @property
    def is_out_of_reach(self) -> bool:
        """A rule can be met only by making something up, or by letting it go."""
        return any(gap.is_out_of_reach for gap in self.gaps)

    @property
    def out_of_reach(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_out_of_reach]

    @property
    def in_words(self) -> str:
        """“27½ of 30 days by 12 June 2020”."""
        of = english.ranged(self.progress.least, self.progress.planned)
        return f"{english.days(self.expected)} of {of} by {english.day_date(self.by)}"


class _Meeting(NamedTuple):
    """A session as far as it matters here; `marked` are those whom its register names."""

    cohort_id: int
    peer_group_id: int | None
    on: date
    marked: set[int]
    shares: list[Share]


@dataclass(frozen=True)
class _Facts:
    """What all forecasts of some people are made of."""

    progress: Mapping[int, Progress]
    records: dict[int, Record]
    sessions: dict[int, list[_Meeting]]  # by cohort
    rules: dict[int, list[CompletionRule]]
    today: date


def forecast_of(enrolment: Enrolment, progress: Progress | None = None) -> Forecast:
    """`progress`: where it is known already."""
    return forecasts_of([enrolment], {enrolment.pk: progress} if progress else None)[enrolment.pk]


def forecasts_of(people: Iterable[Enrolment], progress: Mapping[int, Progress] | None = None) -> dict[int, Forecast]:
    """The forecast of each, in three queries beside those of their progress, however many they are. Fetch `cohort` with them."""
    found = list(people)
    facts = _facts(found, progress_of_many(found, booked=False) if progress is None else progress)
    return {one.pk: _forecast(one, facts) for one in found}


def _facts(people: list[Enrolment], progress: Mapping[int, Progress]) -> _Facts:
    cohorts = {one.cohort_id for one in people}
    marked = Attendance.objects.filter(session=OuterRef("pk")).order_by().values("enrolment")
    sessions = Session.objects.filter(cohort__in=cohorts).going_ahead().with_parts().order_by("starts_at")
    rules = CompletionRule.objects.filter(cohort__in=cohorts).select_related("component").order_by("component__order")
    found: Any = sessions.annotate(marked=ArraySubquery(marked))
    every = [
        _Meeting(one.cohort_id, one.peer_group_id, timezone.localdate(one.starts_at), set(one.marked), one.shares)
        for one in found
    ]
    return _Facts(
        progress=progress,
        records=records_of([one.pk for one in people]),
        sessions=_by_cohort(every),
        rules=_by_cohort(rules),
        today=clock.today(),
    )


def _by_cohort(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.cohort_id].append(row)
    return found


def _is_theirs(record: Record, cohort_id: int, on: date) -> bool:
    """Are they on this cohort on this day, and on no pause?"""
    if any(pause.covers(on) for pause in record.pauses):
        return False
    return any(span.covers(on) and span.cohort_id == cohort_id for span in record.spans)


def _open_of(one: Enrolment, facts: _Facts) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By component: the days of sessions at which they are not marked yet, to come or not taken yet; and of all that there are
    for them."""
    still: dict[int, Decimal] = defaultdict(Decimal)
    whole: dict[int, Decimal] = defaultdict(Decimal)
    record = facts.records[one.pk]
    for session in facts.sessions.get(one.cohort_id, ()):
        if session.peer_group_id not in (None, one.peer_group_id):
            continue
        is_open = one.pk not in session.marked and _is_theirs(record, session.cohort_id, session.on)
        for component_id, days in session.shares:
            whole[component_id] += days
            if is_open:
                still[component_id] += days
    return still, whole


def _weekdays(start: date, end: date, works_on: Collection[int]) -> int:
    """How many of these days of the week (Monday is 0) there are from the one day to the other, both counted."""
    if end < start:
        return 0
    weeks, rest = divmod((end - start).days + 1, 7)
    return weeks * len(works_on) + sum((start + timedelta(days=day)).weekday() in works_on for day in range(rest))


@dataclass(frozen=True)
class _Time:
    """The time that somebody has: from which day, today, and until which; and on which days of the week they work."""

    start: date
    today: date
    end: date
    pauses: list[Pause]
    works_on: Collection[int] = WORKING_WEEK

    def between(self, start: date, end: date) -> int:
        """Days in which they took part, or can: without those of a pause."""
        if end < start:
            return 0
        paused = paused_days(self.pauses, start, end) if self.pauses else 0
        return max(0, (end - start).days + 1 - paused)


def _forecast(one: Enrolment, facts: _Facts) -> Forecast:
    record, cohort = facts.records[one.pk], one.cohort
    joined = min((span.starts_on for span in record.spans), default=cohort.starts_on)
    end = last_day_with(record.pauses, cohort.starts_on, cohort.ends_on)
    time = _Time(max(cohort.starts_on, joined), facts.today, end, record.pauses, one.works_on or WORKING_WEEK)
    still, whole = _open_of(one, facts)
    parts = tuple(
        _by_register(part, still, whole, time, record)
        if part.component.recording == Recording.REGISTER
        else _by_log(part, time, record)
        for part in facts.progress[one.pk].components
    )
    risks = tuple(filter(None, _gaps(one, parts, facts)))
    return Forecast(end, parts, risks, facts.progress[one.pk], record)


def _by_register(
    part: ComponentProgress, still: dict[int, Decimal], whole: dict[int, Decimal], time: _Time, record: Record
) -> PartForecast:
    """What is on the calendar, and what is not yet on it, as far as there are days for it."""
    pk = part.component.pk
    to_set = min(max(NONE, part.planned - whole.get(pk, NONE)), Decimal(_free(time)))
    agreed = record.agreed.get(part.component.key, NONE)
    coming, rate, seen = still.get(pk, NONE) + to_set, record.rate, record.seen
    expected = part.counted + agreed + coming * rate
    # What is only assumed is not uncertain: somebody new does as the plan says.
    variance = coming * rate * (1 - rate) * seen / (seen + DAYS_OF_TRUST)
    return _part(part, expected, part.counted + agreed + coming, variance)


def _part(part: ComponentProgress, expected: Decimal, possible: Decimal, variance: Decimal) -> PartForecast:
    """No more counts than was planned, and no more is expected than can be; who is well above that is sure of it."""
    most, likely = part.planned, min(expected, possible)
    is_sure = likely > most and likely - most > variance.sqrt()
    return PartForecast(part, min(most, likely), min(most, possible), NONE if is_sure else variance)


def _by_log(part: ComponentProgress, time: _Time, record: Record) -> PartForecast:
    """What they record themselves, at the pace since it began: as the plan has it at first, and an assignment that is still to begin
    at a day a week."""
    key = part.component.key
    # An assignment that has not been found yet begins today at the earliest.
    usual = time.today if part.component.recording == Recording.HOST else time.start
    began = max(time.start, record.began.get(key, usual))
    ends = max(time.today, min(time.end, record.until.get(key, time.end)))
    agreed = record.agreed.get(key, NONE)
    since = time.between(began, min(time.today, time.end) - timedelta(days=1))
    ahead = time.between(max(time.today, began), min(ends, time.end))
    by_plan = part.planned / max(1, time.between(began, ends))
    if part.component.recording == Recording.HOST and key not in record.until:
        by_plan = min(by_plan, A_WEEK / 7)
    weight = DAYS_OF_TRUST / by_plan
    pace = (part.counted + DAYS_OF_TRUST) / (since + weight)
    expected = part.counted + agreed + pace * ahead
    in_minutes = part.component.recording in BY_MINUTES
    most = time.between(max(time.today, time.start), time.end) if in_minutes else _free(time)
    return _part(part, expected, part.counted + agreed + Decimal(most), pace * ahead * since / (since + weight))


def _free(time: _Time) -> int:
    """The working days that are left to them."""
    start = max(time.today, time.start)
    paused = sum(
        _weekdays(max(one.starts_on, start), min(one.last_day or time.end, time.end), time.works_on)
        for one in time.pauses
    )
    return max(0, _weekdays(start, time.end, time.works_on) - paused)


def _gaps(one: Enrolment, parts: tuple[PartForecast, ...], facts: _Facts) -> Iterable[Gap | None]:
    """Each rule that is not met, not waived, and may not be met at this pace. Without rules the plan says how much."""
    rules = [rule for rule in facts.rules.get(one.cohort_id, ()) if rule.pk not in facts.records[one.pk].waived]
    for part in parts if not facts.rules.get(one.cohort_id) else ():
        yield _gap(part.part.component.title, part.part.component, [part], part.part.component.least)
    for rule in rules:
        if rule.component is None:
            asked = english.quarter_below(facts.progress[one.pk].least) if rule.minimum is None else rule.minimum
            yield _gap("", None, list(parts), asked)
        else:
            of = [part for part in parts if part.part.is_of(rule.component)]
            yield _gap(rule.component.title, rule.component, of, rule.asked) if of else None


def _gap(what: str, component: Any, of: list[PartForecast], asked: Decimal) -> Gap | None:
    in_units = component.in_units if component else lambda days: days
    done = in_units(sum((part.part.counted for part in of), NONE))
    if done.quantize(HUNDREDTH) >= asked.quantize(HUNDREDTH):
        return None
    expected = in_units(sum((part.expected for part in of), NONE))
    possible = in_units(sum((part.possible for part in of), NONE))
    spread = in_units(sum((part.variance for part in of), NONE).sqrt() * Decimal(ONE_IN_THREE))
    found = Gap(what, component.noun if component else "day", asked, done, expected, possible)
    is_at_risk = found.is_short or found.is_out_of_reach or expected + NEARLY - spread < asked
    return found if is_at_risk else None
