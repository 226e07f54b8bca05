"""What one participant is asked and has said, as their own page shows it, and nobody else's but what they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from cohorts.assessing.windows import Window, open_window, span_of, windows_of
from cohorts.models import (
    Aim,
    Assessment,
    AssessmentAnswer,
    AssessmentRelease,
    Barrier,
    Enrolment,
    Plan,
    Session,
    SharedAssessment,
)
from cohorts.states import AimKind, LookedAt
from steppingup import clock

AIMS, BENEFITS = "The aims of the programme", "What the programme is to help you do"


@dataclass(frozen=True)
class Thing:
    """An aim, a benefit or a barrier that one sees oneself against."""

    row: Aim | Barrier
    group: str
    labels: list[str]

    @property
    def is_barrier(self) -> bool:
        return isinstance(self.row, Barrier)

    @property
    def key(self) -> str:
        """“aim-belong”: the same in each version of the plan."""
        return f"{'barrier' if self.is_barrier else 'aim'}-{self.row.key}"

    @property
    def about(self) -> tuple[str, str, str]:
        """What it is, its theme where it is a barrier, and its words."""
        if isinstance(self.row, Barrier):
            return "barrier", str(self.row.theme), self.words
        return str(self.row.kind), "", self.words

    @property
    def words(self) -> str:
        return self.row.words if isinstance(self.row, Barrier) else self.row.text

    @property
    def steps(self) -> int:
        return len(self.labels)

    def label(self, value: int | None) -> str:
        return self.labels[value - 1] if value and value <= self.steps else ""


def things_of(plan: Plan, *, barriers: bool = True) -> list[Thing]:
    """What the plan has to see oneself against, in order: aims, benefits, and barriers by theme."""
    aims = list(Aim.objects.filter(plan=plan).order_by("order", "pk"))
    found = [Thing(one, AIMS, plan.labels) for one in aims if one.kind == AimKind.AIM]
    found += [Thing(one, BENEFITS, plan.labels) for one in aims if one.kind == AimKind.BENEFIT]
    if barriers:
        there = Barrier.objects.filter(plan=plan).order_by("order", "pk")
        found += [Thing(one, f"What stands in your way: {one.theme}", plan.barrier_labels) for one in there]
    return found


def answers_of(assessment: Assessment | None) -> dict[str, AssessmentAnswer]:
    """By the key of the thing."""
    if assessment is None:
        return {}
    found = {}
    for one in assessment.answers.select_related("aim", "barrier"):
        if one.aim:
            found[f"aim-{one.aim.key}"] = one
        elif one.barrier:
            found[f"barrier-{one.barrier.key}"] = one
    return found


@dataclass(frozen=True)
class Mark:
    """One answer on the line of a thing: where it stands in the picture, and in words."""

    moment: LookedAt
    value: int
    label: str
    sentence: str
    x: int

    @property
    def left(self) -> int:
        """Where a square around it begins."""
        return self.x - 4


@dataclass(frozen=True)
class Line:
    """One thing with what was said of it before, in the middle and after."""

    thing: Thing
    marks: list[Mark]
    width: int = 240

    @property
    def end(self) -> int:
        return self.stops[-1]

    @property
    def stops(self) -> list[int]:
        return [_x(value, self.thing.steps, self.width) for value in range(1, self.thing.steps + 1)]

    def _of(self, moment: LookedAt) -> Mark | None:
        return next((one for one in self.marks if one.moment == moment), None)

    @property
    def before(self) -> Mark | None:
        return self._of(LookedAt.BEFORE)

    @property
    def midway(self) -> Mark | None:
        return self._of(LookedAt.MIDWAY)

    @property
    def after(self) -> Mark | None:
        return self._of(LookedAt.AFTER)


def _x(value: int, steps: int, width: int) -> int:
    """With room for a mark at either end."""
    return 12 + round((value - 1) * (width - 24) / (steps - 1))


def lines_of(things: Iterable[Thing], given: Iterable[Assessment], *, sentences: bool = True) -> list[Line]:
    """The things of which something was said, in order."""
    said = {LookedAt(one.moment): answers_of(one) for one in given}
    found = []
    for thing in things:
        marks = []
        for moment in LookedAt:
            answer = said.get(moment, {}).get(thing.key)
            if answer is not None and answer.value and answer.value <= thing.steps:
                sentence = answer.sentence if sentences else ""
                x = _x(answer.value, thing.steps, Line.width)
                marks.append(Mark(moment, answer.value, thing.label(answer.value), sentence, x))
        if marks:
            found.append(Line(thing, marks))
    return found


@dataclass(frozen=True)
class Standing:
    """How far a participant is with it."""

    enrolment: Enrolment
    windows: list[Window]
    #: The moments of which they have finished, or begun, what they say.
    given: set[str]
    begun: set[str]
    is_released: bool
    today: date

    @property
    def now(self) -> Window | None:
        """The moment that they are asked about now."""
        return None if self.is_released else open_window(self.windows, self.today)

    @property
    def waits(self) -> Window | None:
        """The same, as long as they have not finished it."""
        return self.now if self.now and self.now.moment not in self.given else None

    @property
    def next(self) -> Window | None:
        """The moment that they are asked about next."""
        if self.is_released:
            return None
        return next((one for one in self.windows if one.opens > self.today), None)

    @property
    def says_anything(self) -> bool:
        return bool(self.windows and (self.now or self.next)) or bool(self.begun)


def with_assessments(people: Any) -> Any:
    """Adds to places what `standing_of` reads, in the query that fetches them."""
    return people.annotate(**facts_of_assessments())


def facts_of_assessments(viewer: Any = None) -> dict[str, Any]:
    """The same as annotations."""
    sessions = Session.objects.going_ahead().filter(cohort=OuterRef("cohort"))
    own = Assessment.objects.filter(enrolment=OuterRef("pk")).order_by("saved_at")
    facts = JSONObject(moment="moment", given=Q(given_at__isnull=False))
    something = Q(Exists(Aim.objects.filter(plan=OuterRef("cohort__plan")))) | Q(
        Exists(Barrier.objects.filter(plan=OuterRef("cohort__plan")))
    )
    return {
        "sees_oneself": ExpressionWrapper(something, output_field=models.BooleanField()),
        "first_session": Subquery(sessions.order_by("starts_at").values("starts_at")[:1]),
        "last_session": Subquery(sessions.order_by("-starts_at").values("starts_at")[:1]),
        "assessments_found": ArraySubquery(own.values(facts=facts)),
        "is_assessed": Exists(AssessmentRelease.objects.filter(cohort=OuterRef("cohort"))),
        "shared_with": Subquery(SharedAssessment.objects.filter(enrolment=OuterRef("pk")).values("manager")[:1]),
    }


def standing_of(enrolment: Any) -> Standing | None:
    """Of a place fetched `with_assessments`. Nothing where there is nothing to see oneself against, and nothing was said."""
    if not (enrolment.sees_oneself or enrolment.assessments_found):
        return None
    first, last = (
        timezone.localdate(one) if one else None for one in (enrolment.first_session, enrolment.last_session)
    )
    span = span_of(enrolment.cohort, first, last)
    rows = enrolment.assessments_found
    windows = windows_of(enrolment, span) if enrolment.sees_oneself else []
    given = {row["moment"] for row in rows if row["given"]}
    return Standing(enrolment, windows, given, {row["moment"] for row in rows}, enrolment.is_assessed, clock.today())
