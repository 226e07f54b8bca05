"""How far participants are: sums over the day ledger against the plan, with what is booked (B4).

Days count for the part of the plan that has the key and the kind of the one that they were done for: whoever goes on with a cohort
of another version of the plan takes them along."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date as day
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.utils import timezone

from cohorts.models import Attendance, Cohort, Component, DayEntry, Enrolment, Session
from cohorts.progress.dates import Date, dates_on_page
from steppingup.site.sections import once

NONE = Decimal(0)
QUARTER = Decimal("0.25")


def nearest_quarter(days: Decimal) -> Decimal:
    return (days / QUARTER).quantize(Decimal(1), ROUND_HALF_UP) * QUARTER


def to_quarter(days: Decimal, planned: Decimal) -> Decimal:
    """Days as a person says them, to the nearest quarter: something done is never nothing, nor the whole plan too early."""
    near = nearest_quarter(days)
    if NONE < days < planned:
        return max(min(near, planned - QUARTER), min(QUARTER, days))
    return near


@dataclass(frozen=True)
class ComponentProgress:
    """One component, in days. What was done beyond the plan is kept in `done` and does not count further."""

    component: Component
    planned: Decimal
    done: Decimal
    booked_sessions: Decimal = NONE

    @property
    def counted(self) -> Decimal:
        return min(self.done, self.planned)

    @property
    def booked(self) -> Decimal:
        """Days of sessions that are still to come, as far as they fill the plan."""
        return min(self.booked_sessions, self.planned - self.counted)

    @property
    def left(self) -> Decimal:
        """Days still to come, booked or not: with those that count they are the whole of the component."""
        return self.planned - self.counted

    @property
    def beyond(self) -> Decimal:
        return self.done - self.counted

    @property
    def is_done(self) -> bool:
        return self.counted >= self.planned

    def in_quarters(self) -> "ComponentProgress":
        """As it is said to people. Minutes of mentoring make uneven hundredths, which only the ledger keeps."""
        done, booked = to_quarter(self.done, self.planned), nearest_quarter(self.booked_sessions)
        return replace(self, done=done, booked_sessions=booked)


def _summed(name: str) -> Any:
    """A property: this of all components together."""
    return property(lambda progress: sum((getattr(part, name) for part in progress.components), NONE))


@dataclass(frozen=True)
class Progress:
    """One participant's days, by component in the order of the plan."""

    components: tuple[ComponentProgress, ...]

    planned = _summed("planned")
    done = _summed("done")
    counted = _summed("counted")  # days done that count towards the plan: 18½ of 30
    booked = _summed("booked")
    left = _summed("left")

    def in_quarters(self) -> "Progress":
        """Part by part to the nearest quarter of a day; the sums are those of the parts as they are shown."""
        return Progress(tuple(component.in_quarters() for component in self.components))

    @property
    def is_uneven(self) -> bool:
        """Whether what is said in quarters differs from what the ledger has."""
        return any(component.done % QUARTER for component in self.components)

    def of_kind(self, kind: str) -> ComponentProgress | None:
        """The first component of this kind in the plan."""
        return next((found for found in self.components if found.component.kind == kind), None)

    def of(self, component: Component | int) -> ComponentProgress | None:
        pk = component if isinstance(component, int) else component.pk
        return next((found for found in self.components if found.component.pk == pk), None)


def progress_of(enrolment: Enrolment, *, until: day | None = None) -> Progress:
    """With the days that were done until then, where a day is given."""
    return progress_of_many([enrolment], until=until)[enrolment.pk]


def progress_on_page(enrolment: Enrolment) -> Progress:
    """The same, worked out once for a page of sections: in one query, and from the dates that such a page shows anyway."""
    return once(("progress", enrolment.pk), lambda: _progress_from(enrolment, dates_on_page(enrolment)))


def _progress_from(person: Enrolment, dates: list[Date]) -> Progress:
    same = {"component__key": OuterRef("key"), "component__kind": OuterRef("kind")}
    entries = DayEntry.objects.filter(enrolment=person, **same).order_by().values("component__key")
    components = Component.objects.filter(plan=person.cohort.plan_id)
    booked: dict[int, Decimal] = defaultdict(Decimal)
    for date in dates:
        if not (date.is_past or date.is_cancelled or date.mark):
            booked[date.session.component_id] += date.session.days
    return Progress(
        tuple(
            ComponentProgress(component, component.days, component.own_days or NONE, booked.get(component.pk, NONE))
            for component in components.annotate(own_days=Subquery(entries.annotate(sum=Sum("days")).values("sum")))
        )
    )


def progress_of_many(enrolments: Iterable[Enrolment], *, until: day | None = None) -> dict[int, Progress]:
    """The progress of each enrolment by its id, in five queries however many there are; in four when cohorts are loaded."""
    people = list(enrolments)
    if not people:
        return {}
    plan_of = _plans(people)
    components: dict[int, list[Component]] = defaultdict(list)
    for component in Component.objects.filter(plan__in=set(plan_of.values())):
        components[component.plan_id].append(component)
    done, booked = _done(people, until), _booked(people)
    return {
        person.pk: Progress(
            tuple(
                ComponentProgress(
                    component,
                    component.days,
                    done.get((person.pk, component.key, component.kind), NONE),
                    booked.get((person.pk, component.pk), NONE),
                )
                for component in components[plan_of[person.cohort_id]]
            )
        )
        for person in people
    }


def _done(people: list[Enrolment], until: day | None) -> dict[tuple[int, str, str], Decimal]:
    rows = DayEntry.objects.filter(enrolment__in=people).order_by()
    if until:
        rows = rows.filter(on__lte=until)
    summed = rows.values_list("enrolment", "component__key", "component__kind").annotate(days=Sum("days"))
    return {(person, key, kind): days for person, key, kind, days in summed}


def _plans(people: list[Enrolment]) -> dict[int, int]:
    """The plan of each cohort; cohorts that were fetched with the enrolments are not fetched again."""
    loaded = Enrolment._meta.get_field("cohort").is_cached
    plan_of = {person.cohort_id: person.cohort.plan_id for person in people if loaded(person)}
    missing = {person.cohort_id for person in people} - set(plan_of)
    if missing:
        plan_of |= dict(Cohort.objects.filter(pk__in=missing).values_list("pk", "plan_id"))
    return plan_of


def _booked(people: list[Enrolment]) -> dict[tuple[int, int], Decimal]:
    """Days of coming sessions, by person and component. Those whose register names the person already are past."""
    coming = Session.objects.going_ahead().after(timezone.now()).filter(cohort__in={e.cohort_id for e in people})
    sessions = list(coming)
    marked = set(
        Attendance.objects.filter(session__in=coming, enrolment__in=people).values_list("session", "enrolment")
    )
    booked: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for person in people:
        if person.withdrawn_at or person.not_completed_at:
            continue
        for session in sessions:
            own = session.peer_group_id is None or session.peer_group_id == person.peer_group_id
            if session.cohort_id == person.cohort_id and own and (session.pk, person.pk) not in marked:
                booked[person.pk, session.component_id] += session.days
    return booked
