"""A cohort over time: the days that the plan has by each day, and those that its people have done on average (B4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Sum
from django.utils.timezone import localdate

from cohorts.models import Cohort, Component, DayEntry, Enrolment, Session
from cohorts.states import Recording
from steppingup import clock

NONE = Decimal(0)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Course:
    """By week: the last day of it, the days planned by then, and the days done by then; nothing is done after today."""

    weeks: tuple[date, ...]
    planned: tuple[Decimal, ...]
    done: tuple[Decimal, ...]
    whole: Decimal

    def planned_by(self, day: date) -> Decimal:
        """The days that the plan has by this day, in between two weeks as if they came evenly."""
        if not self.weeks or day < self.weeks[0]:
            return NONE
        for at, last in enumerate(self.weeks):
            if day <= last:
                before = self.planned[at - 1] if at else NONE
                share = Decimal((day - (last - WEEK)).days) / 7
                return before + (self.planned[at] - before) * min(Decimal(1), share)
        return self.planned[-1]


def course_of(cohort: Cohort, people: Sequence[Enrolment], components: Sequence[Component]) -> Course:
    """In two queries, three where sessions count for several parts, however many people there are.

    What comes with sessions is planned on their days, a group's for its share of the people; everything else, and what is not on the
    calendar yet, evenly from the first day to the last. What is done beyond a part of the plan does not count."""
    first, last = cohort.starts_on, max(cohort.ends_on, cohort.starts_on)
    weeks = tuple(first + WEEK * at - timedelta(days=1) for at in range(1, (last - first).days // 7 + 2))
    planned, whole = _planned(cohort, people, components, weeks)
    return Course(weeks, planned, _done(people, components, weeks), whole)


def _week_of(weeks: Sequence[date], day: date) -> int:
    """The place of the week of this day; days before and after go with the first and the last."""
    return min(max(0, (day - weeks[0] + timedelta(days=6)).days // 7), len(weeks) - 1)


def _planned(
    cohort: Cohort, people: Sequence[Enrolment], components: Sequence[Component], weeks: Sequence[date]
) -> tuple[tuple[Decimal, ...], Decimal]:
    by_part: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    sizes: dict[Any, int] = defaultdict(int)
    for one in people:
        sizes[one.peer_group_id] += 1
    for session in Session.objects.filter(cohort=cohort).going_ahead().with_parts():
        group = session.peer_group_id
        share = Decimal(sizes[group]) / len(people) if group and people else Decimal(1)
        for part in session.shares:
            by_part[part.component_id][_week_of(weeks, localdate(session.starts_at))] += part.days * share
    steps = [NONE] * len(weeks)
    for component in components:
        on_days = by_part[component.pk] if component.recording == Recording.REGISTER else {}
        set_so_far = NONE
        for week, days in sorted(on_days.items()):
            counts = min(days, component.days - set_so_far)
            steps[week] += counts
            set_so_far += counts
        for week in range(len(weeks)):
            steps[week] += (component.days - set_so_far) / len(weeks)
    return tuple(accumulate(steps)), sum((one.days for one in components), NONE)


def _done(people: Sequence[Enrolment], components: Sequence[Component], weeks: Sequence[date]) -> tuple[Decimal, ...]:
    """Up to the week of today, on average."""
    most = {one.key: one.days * len(people) for one in components}
    rows = DayEntry.objects.filter(enrolment__in=[one.pk for one in people]).order_by()
    by_week: dict[int, Decimal] = defaultdict(Decimal)
    so_far: dict[str, Decimal] = defaultdict(Decimal)
    for key, on, days in rows.values_list("component__key", "on").annotate(sum=Sum("days")).order_by("on"):
        counts = min(days, most.get(key, NONE) - so_far[key])
        so_far[key] += counts
        by_week[_week_of(weeks, on)] += counts
    number = len(people) or 1
    now = _week_of(weeks, clock.today()) + 1 if clock.today() >= weeks[0] - timedelta(days=6) else 0
    return tuple(total / number for total in accumulate(by_week[week] for week in range(now)))
