"""How far participants are: sums over the day ledger against the plan, with what is booked (B4).

Days count for the part of the plan that has the key of the one that they were done for: whoever goes on with a cohort of another
version of the plan takes them along."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date as day
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery, Sum

from cohorts.models import Attendance, Cohort, Component, DayEntry, Enrolment, Session, SessionPart
from cohorts.progress.dates import coming_of
from cohorts.states import Unit
from steppingup import clock
from steppingup.formats import english
from steppingup.formats.english import QUARTER, nearest_quarter
from steppingup.site.sections import once

NONE = Decimal(0)


def to_quarter(amount: Decimal, planned: Decimal, least: Decimal | None = None) -> Decimal:
    """An amount as a person says it, to the nearest quarter: something done is never nothing, nor the whole plan, or the least of
    it, too early."""
    near = nearest_quarter(amount)
    if amount >= planned:
        return max(near, planned)
    if least is not None and least <= amount:
        near = max(near, least)
    short_of = planned if least is None or least <= amount else least
    if NONE < amount < short_of:
        return max(min(near, short_of - QUARTER), min(QUARTER, amount), least if least and least <= amount else NONE)
    return near


class InUnit(NamedTuple):
    """Amounts of one component in its own unit: days, hours or sessions."""

    counted: Decimal
    booked: Decimal
    least: Decimal
    most: Decimal
    noun: str

    @property
    def in_words(self) -> str:
        """“8 of 6–10 days”, “12 of 20 hours”, “3 of 4 sessions”."""
        return f"{english.days(self.counted)} of {english.ranged(self.least, self.most, self.noun)}"

    @property
    def done(self) -> str:
        return self._said(english.days(self.counted))

    @property
    def to_come(self) -> str:
        """“2–6”, “up to 2”, “3 hours”."""
        left = self.most - self.counted
        return self._said(english.still(left if self.least == self.most else self.least - self.counted, left))

    @property
    def planned(self) -> str:
        return self._said(english.figures(self.least, self.most))

    def _said(self, figures: str) -> str:
        """Days are what is meant where nothing is said."""
        return figures if self.noun == "day" else f"{figures} {self.noun}{'' if figures in ('1', '½') else 's'}"


@dataclass(frozen=True)
class ComponentProgress:
    """One component, in days. What was done beyond the plan is kept in `done` and does not count further."""

    component: Component
    done: Decimal
    booked_sessions: Decimal = NONE

    @cached_property
    def planned(self) -> Decimal:
        return self.component.days

    @cached_property
    def least(self) -> Decimal:
        return self.component.least_days

    @cached_property
    def counted(self) -> Decimal:
        return min(self.done, self.planned)

    @property
    def booked(self) -> Decimal:
        """Days of sessions that are still to come, as far as they fill the plan."""
        return min(self.booked_sessions, self.planned - self.counted)

    @property
    def left(self) -> Decimal:
        """The most days still to come, booked or not: with those that count they are the whole of the component."""
        return self.planned - self.counted

    @property
    def least_left(self) -> Decimal:
        return max(NONE, self.least - self.counted)

    @property
    def beyond(self) -> Decimal:
        return self.done - self.counted

    @property
    def beyond_in_words(self) -> str:
        return self.component.said(self.beyond)

    @property
    def is_done(self) -> bool:
        """As much was done as the plan asks at least."""
        return self.component.in_units(self.counted) >= self.component.least

    @property
    def is_full(self) -> bool:
        return self.component.in_units(self.counted) >= self.component.most

    def is_of(self, component: Component) -> bool:
        return self.component.key == component.key

    @property
    def in_unit(self) -> InUnit:
        part = self.component
        return InUnit(part.in_units(self.counted), part.in_units(self.booked), part.least, part.most, part.noun)

    def in_quarters(self) -> "ComponentProgress":
        """As it is said to people. Minutes of mentoring make uneven hundredths, which only the ledger keeps."""
        part = self.component
        done = to_quarter(part.in_units(self.done), part.most, part.least)
        booked = nearest_quarter(part.in_units(self.booked_sessions))
        return replace(self, done=part.in_days(done), booked_sessions=part.in_days(booked))

    @property
    def is_uneven(self) -> bool:
        return bool(self.component.in_units(self.done) % QUARTER)


def _summed(name: str) -> Any:
    """A property: this of all components together; in quarters where that is how it is said."""

    def sum_of(progress: "Progress") -> Decimal:
        whole = sum((getattr(part, name) for part in progress.components), NONE)
        return nearest_quarter(whole) if progress.is_said else whole

    return property(sum_of)


@dataclass(frozen=True)
class Progress:
    """One participant's days, by component in the order of the plan."""

    components: tuple[ComponentProgress, ...]
    is_said: bool = False

    planned = _summed("planned")
    least = _summed("least")
    done = _summed("done")
    booked = _summed("booked")

    @property
    def counted(self) -> Decimal:
        """Days done that count towards the plan: 18½ of 30."""
        whole = sum((part.counted for part in self.components), NONE)
        return to_quarter(whole, self.planned, self.least) if self.is_said else whole

    @property
    def left(self) -> Decimal:
        return self.planned - self.counted

    @property
    def to_come(self) -> str:
        """“11½”, “5½–11½”, “up to 4”."""
        left = sum((part.least_left for part in self.components), NONE)
        return english.still(self.left if self.least == self.planned else nearest_quarter(left), self.left)

    @property
    def planned_in_figures(self) -> str:
        """“30”, “24–30”."""
        return english.figures(self.least, self.planned)

    @property
    def in_words(self) -> str:
        """“18½ of 30 days”, “18½ of 24–30 days”."""
        return f"{english.days(self.counted)} of {english.ranged(self.least, self.planned)}"

    def in_quarters(self) -> "Progress":
        """Part by part to the nearest quarter; the sums are those of the parts as they are shown."""
        return Progress(tuple(component.in_quarters() for component in self.components), is_said=True)

    @property
    def has_units(self) -> bool:
        """Whether a part is counted in something else than days."""
        return any(part.component.unit != Unit.DAYS for part in self.components)

    @property
    def is_uneven(self) -> bool:
        """Whether what is said in quarters differs from what the ledger has."""
        return any(part.is_uneven for part in self.components)

    def recorded_by(self, recording: str) -> list[ComponentProgress]:
        """The components whose days come about in this way, in the order of the plan."""
        return [found for found in self.components if found.component.recording == recording]

    def like(self, component: Component) -> ComponentProgress | None:
        """That of this component, or of the one that it is in this version of the plan."""
        return next((one for one in self.components if one.is_of(component)), None)

    def of(self, component: Component | int) -> ComponentProgress | None:
        pk = component if isinstance(component, int) else component.pk
        return next((found for found in self.components if found.component.pk == pk), None)


def progress_of(enrolment: Enrolment, *, until: day | None = None) -> Progress:
    """With the days that were done until then, where a day is given."""
    return progress_of_many([enrolment], until=until)[enrolment.pk]


def parts_on_page(enrolment: Enrolment, recording: str = "") -> list[Component]:
    """The components of the plan, or those whose days come about in this way, without what was done of them; for a page of topics."""
    found = once(("parts", enrolment.pk), lambda: list(Component.objects.filter(plan=enrolment.cohort.plan_id)))
    return [part for part in found if recording in ("", part.recording)]


def progress_on_page(enrolment: Enrolment) -> Progress:
    """The same, worked out once for a page of sections and topics, in one query: the database adds up what was done and what is booked."""
    return once(("progress", enrolment.pk), lambda: _summed_up(enrolment))


def _summed_up(person: Enrolment) -> Progress:
    done = DayEntry.objects.filter(enrolment=person, component__key=OuterRef("key")).order_by().values("component__key")
    coming = coming_of(person)
    parts = SessionPart.objects.filter(session__in=coming.values("pk"), component=OuterRef("pk")).order_by()
    booked = [
        Subquery(rows.values("component").annotate(sum=Sum("days")).values("sum"))
        for rows in (coming.filter(component=OuterRef("pk")).order_by(), parts)
    ]
    components: Iterable[Any] = Component.objects.filter(plan=person.cohort.plan_id).annotate(
        own_days=Subquery(done.annotate(sum=Sum("days")).values("sum")), whole=booked[0], beside=booked[1]
    )
    return Progress(
        tuple(
            ComponentProgress(one, one.own_days or NONE, (one.whole or NONE) + (one.beside or NONE))
            for one in components
        )
    )


def progress_of_many(
    enrolments: Iterable[Enrolment], *, until: day | None = None, booked: bool = True
) -> dict[int, Progress]:
    """The progress of each enrolment by its id, in five queries however many there are; in four when cohorts are loaded, and in two
    without what is booked."""
    people = list(enrolments)
    if not people:
        return {}
    plan_of = _plans(people)
    components: dict[int, list[Component]] = defaultdict(list)
    for component in Component.objects.filter(plan__in=set(plan_of.values())):
        components[component.plan_id].append(component)
    done, coming = _done(people, until), _booked(people) if booked else {}
    return {
        person.pk: Progress(
            tuple(
                ComponentProgress(
                    component,
                    done.get((person.pk, component.key), NONE),
                    coming.get((person.pk, component.pk), NONE),
                )
                for component in components[plan_of[person.cohort_id]]
            )
        )
        for person in people
    }


def _done(people: list[Enrolment], until: day | None) -> dict[tuple[int, str], Decimal]:
    rows = DayEntry.objects.filter(enrolment__in=people).order_by()
    if until:
        rows = rows.filter(on__lte=until)
    summed = rows.values_list("enrolment", "component__key").annotate(days=Sum("days"))
    return {(person, key): days for person, key, days in summed}


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
    coming = Session.objects.going_ahead().after(clock.now()).filter(cohort__in={e.cohort_id for e in people})
    sessions: dict[int, list[Any]] = defaultdict(list)
    for session in coming.with_parts():
        sessions[session.cohort_id].append(session)
    marked = set(
        Attendance.objects.filter(session__in=coming, enrolment__in=people).values_list("session", "enrolment")
    )
    booked: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for person in people:
        if person.withdrawn_at or person.not_completed_at:
            continue
        for session in sessions[person.cohort_id]:
            own = session.peer_group_id is None or session.peer_group_id == person.peer_group_id
            if own and (session.pk, person.pk) not in marked:
                for share in session.shares:
                    booked[person.pk, share.component_id] += share.days
    return booked
