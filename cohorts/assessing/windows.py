"""When somebody is asked where they see themselves: before the programme, perhaps in the middle, and after it.

Before: from having the place until the first session, and so many days more. In the middle: from halfway on, for so many days. After:
from completing, or from the last day of the cohort, for so many days. The plan says how many, and they are frozen with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Exists, Max, Min, OuterRef, Q, When
from django.utils import timezone

from cohorts.models import Aim, AssessmentRelease, Barrier, Cohort, Enrolment, Session
from cohorts.states import CohortStatus, EnrolmentStatus, LookedAt

#: Who is asked at which moment.
WHO = {
    LookedAt.BEFORE: (EnrolmentStatus.ENROLLED,),
    LookedAt.MIDWAY: (EnrolmentStatus.ENROLLED,),
    LookedAt.AFTER: (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED),
}


@dataclass(frozen=True)
class Span:
    """The first and the last day of a cohort, as its sessions have it: a session after its last day makes it longer."""

    first: date
    last: date


@dataclass(frozen=True)
class Window:
    """From and until which day, both included."""

    moment: LookedAt
    opens: date
    closes: date

    def is_open(self, day: date) -> bool:
        return self.opens <= day <= self.closes

    def is_over(self, day: date) -> bool:
        return self.closes < day


def span_of(cohort: Cohort, first: date | None, last: date | None) -> Span:
    """`first` and `last`: the days of its first and last session, where it has any."""
    return Span(first or cohort.starts_on, max(last or cohort.ends_on, cohort.ends_on))


def spans_of(cohorts: Iterable[Cohort]) -> dict[int, Span]:
    """Of each cohort, in one query."""
    every = {one.pk: one for one in cohorts}
    held = Session.objects.going_ahead().filter(cohort__in=every).order_by().values_list("cohort")
    dates = {pk: (first, last) for pk, first, last in held.annotate(Min("starts_at"), Max("starts_at"))}
    found = {}
    for pk, one in every.items():
        moments = dates.get(pk, (None, None))
        found[pk] = span_of(one, *(timezone.localdate(each) if each else None for each in moments))
    return found


def windows_of(enrolment: Enrolment, span: Span) -> list[Window]:
    """When this participant is asked, in order; nothing for a moment that is not asked about, or not of them."""
    plan, status = enrolment.cohort.plan, EnrolmentStatus(enrolment.status)
    joined = timezone.localdate(enrolment.enrolled_at)
    found = [Window(LookedAt.BEFORE, joined, max(span.first, joined) + timedelta(days=plan.before_days))]
    if plan.midway_days:
        middle = max(span.first + (span.last - span.first) / 2, joined)
        found.append(Window(LookedAt.MIDWAY, middle, middle + timedelta(days=plan.midway_days)))
    done = timezone.localdate(enrolment.completed_at) if enrolment.completed_at else span.last
    opens = min(done, span.last)
    found.append(Window(LookedAt.AFTER, opens, max(done, span.last) + timedelta(days=plan.after_days)))
    return [one for one in found if status in WHO[one.moment]]


def open_window(windows: Iterable[Window], day: date) -> Window | None:
    """The one in which somebody is asked now: the latest that is open."""
    return next((one for one in reversed(list(windows)) if one.is_open(day)), None)


def facts_of_cohorts() -> dict[str, Any]:
    """Annotations of cohorts: has the plan anything to see oneself against, and was what all said released?"""
    something = [Exists(model.objects.filter(plan=OuterRef("plan"))) for model in (Aim, Barrier)]
    return {
        "sees_oneself": Case(When(something[0] | something[1], then=True), default=False, output_field=BooleanField()),
        "is_assessed": Exists(AssessmentRelease.objects.filter(cohort=OuterRef("pk"))),
    }


def facts_of(cohort: Any) -> tuple[bool, bool]:
    """The same of one: read with it, or asked for in one query."""
    if hasattr(cohort, "sees_oneself"):
        return cohort.sees_oneself, cohort.is_assessed
    found: Any = Cohort.objects.filter(pk=cohort.pk).annotate(**facts_of_cohorts()).get()
    return found.sees_oneself, found.is_assessed


def asking() -> Q:
    """Of enrolments: the plan has something to see oneself against, nothing was released yet, and the cohort takes place."""
    something = Q(cohort__plan__in=Aim.objects.values("plan")) | Q(cohort__plan__in=Barrier.objects.values("plan"))
    return something & Q(cohort__assessment_release=None) & ~Q(cohort__status=CohortStatus.CANCELLED)
