"""Years that participants live through, drawn from one seed and written in bulk: who comes, who works on an assignment, who stops.

Nothing in `cohorts.progress` was chosen by looking at these years. What is known of each person on a day is in the database; what comes
after it is only here, and says who will have missed completing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cohorts.models import Attendance, Cohort, CompletionRule, Component, DayEntry, Enrolment, Placement, Plan, Session
from cohorts.states import COHORT, ComponentKind, Mark, Recording
from steppingup.accounts.models import Organisation, User
from tests.bench.fill import write
from tests.factories.cohorts import PlanFactory, ProgrammeFactory, day

SLUG = "years"
LENGTH = 300  # days of a year
BEFORE = 42  # the list is looked at so many days before its end
SESSIONS = [20 + 27 * number for number in range(10)]
QUARTER, HALF, ONE = Decimal("0.25"), Decimal("0.5"), Decimal(1)


@dataclass
class Life:
    """One participant's year, in days since it began: which sessions they came to, and what they logged."""

    came: dict[int, str] = field(default_factory=dict)
    stretch: dict[int, Decimal] = field(default_factory=dict)
    mentoring: dict[int, Decimal] = field(default_factory=dict)
    placed_on: int = 0

    def modules(self) -> Decimal:
        return sum(
            (ONE if mark == Mark.PRESENT else HALF for mark in self.came.values() if mark in ("present", "part")),
            Decimal(0),
        )

    @property
    def completes(self) -> bool:
        """By the rules that each of these cohorts has."""
        stretch = min(sum(self.stretch.values(), Decimal(0)), Decimal(10))
        mentoring = min(sum(self.mentoring.values(), Decimal(0)), Decimal(3))
        return self.modules() >= 8 and stretch >= 8 and self.modules() + stretch + mentoring >= 19


def live(dice: random.Random) -> Life:
    """How keen somebody is decides most; a few lose the thread at some time, and some of those find it again; most hurry at the end."""
    keen = dice.betavariate(8, 1.3)
    life = Life(placed_on=dice.randint(40, 130))
    stops = dice.randint(40, LENGTH - 10) if dice.random() < 0.15 else None
    again = stops + dice.randint(20, 60) if stops and dice.random() < 0.35 else None
    a_week = max(0.05, dice.gauss(0.55, 0.12) * keen)
    for on in range(LENGTH + 1):
        lost = stops is not None and on >= stops and (again is None or on < again)
        will = 0.05 if lost else 1.0
        hurry = 1.4 if on > LENGTH - 70 and sum(life.stretch.values(), Decimal(0)) < 9 else 1.0
        if on in SESSIONS:
            there = dice.random() < min(0.98, 0.55 + 0.45 * keen) * will
            life.came[on] = (
                (Mark.PART if dice.random() < 0.06 else Mark.PRESENT)
                if there
                else (Mark.EXCUSED if not lost and dice.random() < 0.6 else Mark.ABSENT)
            )
        elif _works(dice, life, on, a_week * will * hurry):
            life.stretch[on] = dice.choice((ONE, ONE, ONE, HALF))
        if on % 30 == 12 and dice.random() < keen * will:
            life.mentoring[on] = QUARTER
    return life


def _works(dice: random.Random, life: Life, on: int, a_week: float) -> bool:
    """Do they work on their assignment on this day?"""
    is_open = on >= life.placed_on and on % 7 < 5 and sum(life.stretch.values(), Decimal(0)) < 10
    return is_open and dice.random() < a_week / 5 * 1.3


def plan(provider: Organisation | None) -> Plan:
    """Ten days of modules, ten of assignment, three of mentoring."""
    whose = {"provider": provider} if provider else {}
    made: Plan = PlanFactory(programme=ProgrammeFactory(name="Years", slug=SLUG, **whose))
    Component.objects.filter(plan=made).delete()
    for order, (key, kind, recording, most) in enumerate(
        (
            ("modules", ComponentKind.MODULE, Recording.REGISTER, 10),
            ("stretch", ComponentKind.STRETCH, Recording.HOST, 10),
            ("mentoring", ComponentKind.MENTORING, Recording.PAIR, 3),
        )
    ):
        Component.objects.create(
            plan=made, key=key, kind=kind, title=key.title(), most=most, recording=recording, order=order
        )
    return made


def moment(on: int, hour: int = 9) -> datetime:
    """Day `on` of the years, all of which end BEFORE days after today."""
    return timezone.make_aware(datetime.combine(day(on - (LENGTH - BEFORE)), time(hour)))


@dataclass
class Years:
    """The lives of everybody, by the key of their place."""

    plan: Plan
    places: list[Any]
    lives: dict[int, Life]


def fill_years(number: int, people: int, seed: int, provider: Organisation | None = None) -> Years:
    """So many cohorts of so many people, as far as they have come by today."""
    dice, made = random.Random(seed), plan(provider)
    cohorts = [_cohort(made, one) for one in range(number)]
    employer = Organisation.objects.create(name="Years Council", slug="years-council", kind="council", sector="public")
    host = Organisation.objects.create(name="Years Host", slug="years-host", kind="council", sector="public")
    users = write(
        [
            User(email=f"year{a}-{b}@bench.example", full_name=f"Person {a:03} {b:02}")
            for a in range(number)
            for b in range(people)
        ]
    )
    rows = [
        Enrolment(participant=user, cohort=cohorts[index // people], employer=employer, enrolled_at=moment(0))
        for index, user in enumerate(users)
    ]
    with pgtrigger.ignore("cohorts.Enrolment:never_before_it_is_signed"):
        places: list[Any] = write(rows)
    lives = {place.pk: live(dice) for place in places}
    _write_days(made, cohorts, places, lives, host)
    return Years(made, places, lives)


def _cohort(made: Plan, number: int) -> Cohort:
    starts = timezone.localdate(moment(0))
    cohort = Cohort.objects.create(
        programme=made.programme, plan=made, name=f"Year {number:03}", slug=f"year-{number:03}", capacity=60, fee=0,
        starts_on=starts, ends_on=starts + timedelta(days=LENGTH),
    )  # fmt: skip
    for component, minimum in (("modules", 8), ("stretch", 8), (None, 19)):
        part = made.components.get(key=component) if component else None
        CompletionRule.objects.create(cohort=cohort, component=part, minimum=minimum)
    for move in ("publish", "start"):
        COHORT.move(cohort, move)
    return cohort


def _write_days(
    made: Plan, cohorts: list[Cohort], places: list[Any], lives: dict[int, Life], host: Organisation
) -> None:
    parts = {one.key: one for one in made.components.all()}
    sessions = write(
        [
            Session(
                cohort=cohort, component=parts["modules"], title=f"Module {index + 1}", days=1,
                starts_at=moment(on), ends_at=moment(on, 16),
            )
            for cohort in cohorts
            for index, on in enumerate(SESSIONS)
        ]
    )  # fmt: skip
    of = {(one.cohort_id, index % len(SESSIONS)): one for index, one in enumerate(sessions)}
    today = LENGTH - BEFORE
    marks = write(
        [
            Attendance(session=of[place.cohort_id, SESSIONS.index(on)], enrolment=place, mark=mark)
            for place in places
            for on, mark in lives[place.pk].came.items()
            if on < today
        ]
    )
    write(
        [
            Placement(
                enrolment=place, component=parts["stretch"], host=host, kind="project", title="A project",
                starts_on=timezone.localdate(moment(lives[place.pk].placed_on)),
            )
            for place in places
        ]
    )  # fmt: skip
    with pgtrigger.ignore("cohorts.DayEntry:one_day_a_day"):
        write(list(_entries(parts, places, lives, marks, today)))


def _entries(
    parts: dict[str, Component], places: list[Any], lives: dict[int, Life], marks: list[Any], today: int
) -> Iterator[DayEntry]:
    register, other = (ContentType.objects.get_for_model(model) for model in (Attendance, Placement))
    worth = {Mark.PRESENT: ONE, Mark.PART: HALF}
    for mark in marks:
        if days := worth.get(mark.mark):
            yield DayEntry(
                enrolment_id=mark.enrolment_id, component=parts["modules"], days=days, content_type=register,
                on=timezone.localdate(mark.session.starts_at), object_id=mark.pk,
            )  # fmt: skip
    number = 10**9
    for place in places:
        for key, logged in (("stretch", lives[place.pk].stretch), ("mentoring", lives[place.pk].mentoring)):
            for on, days in logged.items():
                number += 1
                if on < today:
                    yield DayEntry(
                        enrolment=place, component=parts[key], days=days, content_type=other, object_id=number,
                        on=timezone.localdate(moment(on)),
                    )  # fmt: skip
