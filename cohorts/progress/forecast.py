"""How many days a participant will have done by their last day: at the pace so far, and at the most.

What comes with sessions is as many of those to come as they went to of those that were; what they record themselves goes on as it
went. Somebody new is taken to do as the plan says: what they did takes the place of that day by day (`DAYS_OF_TRUST`)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Sum
from django.utils import timezone

from cohorts.models import (
    Attendance,
    CompletionRule,
    CompletionWaiver,
    DayEntry,
    Enrolment,
    MakeUp,
    Membership,
    Pause,
    Placement,
    Session,
)
from cohorts.models.pausing import last_day_with, paused_days
from cohorts.models.plan import HUNDREDTH
from cohorts.progress import ComponentProgress, Progress, progress_of_many
from cohorts.states import BY_MINUTES, Recording
from steppingup import clock
from steppingup.formats import english

NONE, ONE = Decimal(0), Decimal(1)
#: What the plan says weighs as much as so many days of each part: attended, or logged in the time that the plan has for them.
DAYS_OF_TRUST = Decimal(2)
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


@dataclass(frozen=True)
class _Facts:
    """What all forecasts of some people are made of."""

    progress: dict[int, Progress]
    sessions: dict[int, list[Any]]  # by cohort
    marked: dict[int, set[int]]  # by session
    spans: dict[int, list[Membership]]
    pauses: dict[int, list[Pause]]
    rate: dict[int, Decimal]
    seen: dict[int, Decimal]  # days in registers
    began: dict[tuple[int, str], date]  # since when a part is recorded, by enrolment and key
    until: dict[tuple[int, str], date]
    agreed: dict[tuple[int, str], Decimal]
    rules: dict[int, list[CompletionRule]]
    waived: set[tuple[int, int]]


def forecast_of(enrolment: Enrolment) -> Forecast:
    return forecasts_of([enrolment])[enrolment.pk]


def forecasts_of(people: Iterable[Enrolment]) -> dict[int, Forecast]:
    """The forecast of each, in the same number of queries however many they are. Fetch `cohort__plan` with them."""
    found = list(people)
    facts = _facts(found)
    return {one.pk: _forecast(one, facts) for one in found}


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _facts(people: list[Enrolment]) -> _Facts:
    pks, cohorts = [one.pk for one in people], {one.cohort_id for one in people}
    sessions = Session.objects.filter(cohort__in=cohorts).going_ahead().with_parts().order_by("starts_at")
    marks = Attendance.objects.filter(session__cohort__in=cohorts).order_by().values_list("session")
    began = dict[tuple[int, str], date]()
    until = dict[tuple[int, str], date]()
    entries = DayEntry.objects.standing().filter(enrolment__in=pks).exclude(component__recording=Recording.REGISTER)
    for pk, key, first in entries.order_by().values_list("enrolment", "component__key").annotate(first=Min("on")):
        began[pk, key] = first
    for pk, key, starts, ends in Placement.objects.filter(enrolment__in=pks).values_list(
        "enrolment", "component__key", "starts_on", "ends_on"
    ):
        if starts:
            began[pk, key] = min(starts, began.get((pk, key), starts))
        if ends:
            until[pk, key] = ends
    agreed = {
        (pk, key): days
        for pk, key, days in MakeUp.objects.to_do()
        .filter(enrolment__in=pks)
        .order_by()
        .values_list("enrolment", "component__key")
        .annotate(sum=Sum("days"))
    }
    registers = Attendance.objects.filter(enrolment__in=pks, session__cancelled_at=None).order_by()
    seen = dict(registers.values_list("enrolment").annotate(days=Sum("session__days")))
    waivers = CompletionWaiver.objects.filter(enrolment__in=pks)
    rules = CompletionRule.objects.filter(cohort__in=cohorts).select_related("component").order_by("component__order")
    return _Facts(
        progress=progress_of_many(people),
        sessions=_grouped(sessions, "cohort_id"),
        marked={pk: set(those) for pk, those in marks.annotate(those=ArrayAgg("enrolment"))},
        spans=_grouped(Membership.objects.filter(enrolment__in=pks), "enrolment_id"),
        pauses=_grouped(Pause.objects.filter(enrolment__in=pks), "enrolment_id"),
        rate=_rates(pks, seen),
        seen=seen,
        began=began,
        until=until,
        agreed=agreed,
        rules=_grouped(rules, "cohort_id"),
        waived=set(waivers.values_list("enrolment", "rule")),
    )


def _rates(pks: list[int], could: dict[int, Decimal]) -> dict[int, Decimal]:
    """How much of what each could have attended they did, as a share of one."""
    kind = ContentType.objects.get_for_model(Attendance)
    posted = DayEntry.objects.filter(enrolment__in=pks, content_type=kind).order_by()
    # Of the own part of each session, as above.
    did = dict(posted.values_list("enrolment").annotate(days=Sum("days")))
    return {pk: min(ONE, (did.get(pk, NONE) + DAYS_OF_TRUST) / (days + DAYS_OF_TRUST)) for pk, days in could.items()}


def _is_theirs(one: Enrolment, session: Any, on: date, facts: _Facts) -> bool:
    if session.peer_group_id not in (None, one.peer_group_id):
        return False
    if any(pause.covers(on) for pause in facts.pauses.get(one.pk, ())):
        return False
    return any(span.covers(on) and span.cohort_id == session.cohort_id for span in facts.spans.get(one.pk, ()))


def _open_of(one: Enrolment, facts: _Facts) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By component: the days of sessions at which they are not marked yet, to come or not taken yet; and of all that there are
    for them."""
    still: dict[int, Decimal] = defaultdict(Decimal)
    whole: dict[int, Decimal] = defaultdict(Decimal)
    for session in facts.sessions.get(one.cohort_id, ()):
        if session.peer_group_id not in (None, one.peer_group_id):
            continue
        is_open = one.pk not in facts.marked.get(session.pk, ()) and _is_theirs(
            one, session, timezone.localdate(session.starts_at), facts
        )
        for share in session.shares:
            whole[share.component_id] += share.days
            if is_open:
                still[share.component_id] += share.days
    return still, whole


def _weekdays(start: date, end: date) -> int:
    """Monday to Friday, from the one day to the other, both counted."""
    if end < start:
        return 0
    weeks, rest = divmod((end - start).days + 1, 7)
    return weeks * 5 + sum((start + timedelta(days=day)).weekday() < 5 for day in range(rest))


@dataclass(frozen=True)
class _Time:
    """The time that somebody has: from which day, today, and until which."""

    start: date
    today: date
    end: date
    pauses: list[Pause]

    def between(self, start: date, end: date) -> int:
        """Days in which they took part, or can: without those of a pause."""
        if end < start:
            return 0
        return max(0, (end - start).days + 1 - paused_days(self.pauses, start, end))


def _forecast(one: Enrolment, facts: _Facts) -> Forecast:
    pauses, cohort = facts.pauses.get(one.pk, []), one.cohort
    joined = min((span.starts_on for span in facts.spans.get(one.pk, ())), default=cohort.starts_on)
    end = last_day_with(pauses, cohort.starts_on, cohort.ends_on)
    time = _Time(max(cohort.starts_on, joined), clock.today(), end, pauses)
    still, whole = _open_of(one, facts)
    parts = tuple(
        _by_register(one, part, still, whole, time, facts)
        if part.component.recording == Recording.REGISTER
        else _by_log(one, part, time, facts)
        for part in facts.progress[one.pk].components
    )
    risks = tuple(filter(None, _gaps(one, parts, facts)))
    return Forecast(end, parts, risks, facts.progress[one.pk])


def _by_register(
    one: Enrolment,
    part: ComponentProgress,
    still: dict[int, Decimal],
    whole: dict[int, Decimal],
    time: _Time,
    facts: _Facts,
) -> PartForecast:
    """What is on the calendar, and what is not yet on it, as far as there are days for it."""
    pk, key = part.component.pk, part.component.key
    days_left = Decimal(_weekdays(max(time.today, time.start), time.end))
    to_set = min(max(NONE, part.planned - whole.get(pk, NONE)), days_left)
    agreed = facts.agreed.get((one.pk, key), NONE)
    coming, rate = still.get(pk, NONE) + to_set, facts.rate.get(one.pk, ONE)
    expected = part.counted + agreed + coming * rate
    # What is only assumed is not uncertain: somebody new does as the plan says.
    seen = facts.seen.get(one.pk, NONE)
    variance = coming * rate * (1 - rate) * seen / (seen + DAYS_OF_TRUST)
    return _part(part, expected, part.counted + agreed + coming, variance)


def _part(part: ComponentProgress, expected: Decimal, possible: Decimal, variance: Decimal) -> PartForecast:
    """No more counts than was planned; who is well above that is sure of it."""
    is_sure = expected - part.planned > variance.sqrt()
    most = part.planned
    return PartForecast(part, min(most, expected), min(most, possible), NONE if is_sure else variance)


def _by_log(one: Enrolment, part: ComponentProgress, time: _Time, facts: _Facts) -> PartForecast:
    """What they record themselves, at the pace since it began: as the plan has it at first, and an assignment that is still to begin
    at a day a week."""
    key = part.component.key
    # An assignment that has not been found yet begins today at the earliest.
    usual = time.today if part.component.recording == Recording.HOST else time.start
    began = max(time.start, facts.began.get((one.pk, key), usual))
    ends = max(time.today, min(time.end, facts.until.get((one.pk, key), time.end)))
    agreed = facts.agreed.get((one.pk, key), NONE)
    since = time.between(began, min(time.today, time.end) - timedelta(days=1))
    ahead = time.between(max(time.today, began), min(ends, time.end))
    by_plan = part.planned / max(1, time.between(began, ends))
    if part.component.recording == Recording.HOST and (one.pk, key) not in facts.until:
        by_plan = min(by_plan, A_WEEK / 7)
    weight = DAYS_OF_TRUST / by_plan
    pace = (part.counted + DAYS_OF_TRUST) / (since + weight)
    expected = part.counted + agreed + pace * ahead
    in_minutes = part.component.recording in BY_MINUTES
    most = time.between(max(time.today, time.start), time.end) if in_minutes else _free(time)
    return _part(part, expected, part.counted + agreed + Decimal(most), pace * ahead * since / (since + weight))


def _free(time: _Time) -> int:
    """The weekdays that are left."""
    start = max(time.today, time.start)
    paused = sum(_weekdays(max(one.starts_on, start), min(one.last_day or time.end, time.end)) for one in time.pauses)
    return max(0, _weekdays(start, time.end) - paused)


def _gaps(one: Enrolment, parts: tuple[PartForecast, ...], facts: _Facts) -> Iterable[Gap | None]:
    """Each rule that is not met, not waived, and may not be met at this pace. Without rules the plan says how much."""
    rules = [rule for rule in facts.rules.get(one.cohort_id, ()) if (one.pk, rule.pk) not in facts.waived]
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
    expected = in_units(sum((part.expected for part in of), NONE))
    possible = in_units(sum((part.possible for part in of), NONE))
    spread = in_units(sum((part.variance for part in of), NONE).sqrt() * Decimal(ONE_IN_THREE))
    found = Gap(what, component.noun if component else "day", asked, done, expected, possible)
    is_met = done.quantize(HUNDREDTH) >= asked.quantize(HUNDREDTH)
    is_at_risk = not is_met and (found.is_short or found.is_out_of_reach or expected + NEARLY - spread < asked)
    return found if is_at_risk else None
