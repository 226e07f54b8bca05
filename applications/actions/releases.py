"""Publishing equality figures, and writing down who looked at them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import QuerySet

from applications.equality.releasing import Earlier, asked_of, contents_of, plan, refuse_what_tells
from applications.equality.stages import applicants_of, closed_cohorts, people_at
from applications.models import EqualityLook, EqualityRelease, Stage
from applications.permissions import ApplicationPermission
from cohorts.models import Cohort, Programme
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, System, holds_everywhere, require
from steppingup.accounts.models import Organisation, User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.steps.step import ChosenFrom, StepForm, Table, Weight, step

JOB = "applications.equality_figures"
SEE = ApplicationPermission.SEE_EQUALITY
ALL = "All cohorts whose applications have closed"
#: The clock publishes who applied, once nobody can be added: a day after closing, and for a month.
BY_THE_CLOCK = (timedelta(days=1), timedelta(days=31))


def cohorts_of(programme: Programme, cohort: Cohort | None) -> "QuerySet[Cohort]":
    """Those that a release is about."""
    closed = closed_cohorts(programme, clock.now())
    return closed.filter(pk=cohort.pk) if cohort else closed


class PublishForm(StepForm):
    """Whom the figures are about."""

    stage = forms.ChoiceField(
        label="Which people?",
        choices=Stage,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which people the figures are about."},
    )
    cohort = ChosenFrom(
        Cohort,
        lambda programme: closed_cohorts(programme, clock.now()),
        said=lambda cohort: cohort.name,
        label="Which cohort?",
        empty_label=ALL,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.by, User):
            field = cast("forms.ModelChoiceField", self.fields["cohort"])
            mine = Cohort.objects.visible_to(self.by, SEE)
            field.queryset = cast("QuerySet[Cohort]", field.queryset).filter(pk__in=mine.values("pk"))

    def table(self, subject: Programme) -> Table | None:
        """What will be published of each question, and what is withheld and why; no numbers."""
        values = self.cleaned_data
        cohorts = cohorts_of(subject, values.get("cohort"))
        people = people_at(values["stage"], cohorts)
        return Table("What will be published", ("Question", "Published as"), list(plan(asked_of(cohorts), len(people))))


def meaning(programme: Programme, stage: str = "", cohort: Cohort | None = None) -> str:
    """Said before it is done."""
    if not stage:
        return "Figures are published once, and then stay as they are. Choose the people whom they are about."
    cohorts = cohorts_of(programme, cohort)
    people = english.counted(len(people_at(stage, cohorts)), "person", "people")
    about = f"{people}: {Stage(stage).label.lower()}, {cohort.name if cohort else 'all cohorts'}"
    return (
        f"Figures about {about}. Every number is rounded up or down to a multiple of five at random, so nobody can be recognised. "
        "Those who see equality figures here will be able to read and download them. They cannot be changed or taken back, "
        "and what you can publish later depends on them."
    )


@dataclass(frozen=True)
class Counted:
    """Whom a release is about, of which cohorts, and what was published before: what has to be the same when it is frozen.
    `applications`: whose each is that is counted, one of each person."""

    applications: dict[int, int]
    cohorts: tuple[Cohort, ...]
    earlier: tuple[Earlier, ...]


def _counted(programme: Programme, stage: str, cohort: Cohort | None, by: Actor) -> Counted:
    """Raises NotAllowed and NotPossible as `publish`."""
    _require_whole(programme, cohort, by)
    cohorts = tuple(cohorts_of(programme, cohort).select_related("programme", "window"))
    refuse_if(
        not cohorts,
        "Applications have not closed for everybody yet. Figures are published once they have, so that nobody can be added "
        "to them.",
        "open",
        field="cohort",
    )
    counted = people_at(stage, Cohort.objects.filter(pk__in=[one.pk for one in cohorts]))
    # Of all programmes of the provider: the same people apply for several, and answer the same each time.
    rows = EqualityRelease.objects.filter(programme__provider=programme.provider_id).order_by("pk")
    before = list(rows.select_related("programme", "cohort"))
    whose = applicants_of(counted.union(*(release.people for release in before)))
    earlier = tuple(
        Earlier(one, frozenset(whose[pk] for pk in one.people), one.programme_id != programme.pk) for one in before
    )
    applications = {pk: whose[pk] for pk in counted}
    refuse_what_tells(frozenset(applications.values()), earlier)
    return Counted(applications, cohorts, earlier)


@step(
    Programme,
    "Publish equality figures",
    name="publish_equality_figures",
    past="Equality figures being published",
    meaning=meaning,
    permission=SEE,
    form=PublishForm,
    final="What was published may have been read and kept. Figures of the same people cannot be published twice.",
    weight=Weight.STRONG,
)
def publish(*, programme: Programme, stage: str, by: Actor, cohort: Cohort | None = None) -> Job:
    """Have a worker freeze the figures of everybody who got as far as the stage: to hold them against dozens of earlier
    releases takes minutes.

    Raises NotPossible while people can still apply, with too few people, when the group is too much like an earlier one,
    and while other figures of the programme are being worked out."""
    counted = _counted(programme, stage, cohort, by)
    return jobs.start(
        kind=JOB,
        title=f"Equality figures: {Stage(stage).label.lower()}, {cohort.name if cohort else 'all cohorts'}",
        about=programme,
        by=by,
        arguments={"stage": stage, "cohort": cohort.pk if cohort else None},
        total=len(asked_of(counted.cohorts)),
        key=str(programme.pk),
        provider=programme.provider,
    )


def freeze(
    *,
    programme: Programme,
    stage: str,
    by: Actor,
    cohort: Cohort | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> EqualityRelease:
    """Work out the figures and keep them. Nobody waits meanwhile: where something else was published in that time, or
    somebody was added or left, it is worked out anew, because each release is held against all before it.

    Raises NotAllowed and NotPossible as `publish`."""
    require(by, SEE, cohort or programme)
    while True:
        found = _counted(programme, stage, cohort, by)
        contents = contents_of(found.applications, asked_of(found.cohorts), found.earlier, found.cohorts, progress)
        with transaction.atomic():
            Organisation.objects.select_for_update(no_key=True).get(pk=programme.provider_id)
            if _counted(programme, stage, cohort, by) == found:
                return EqualityRelease.objects.create(
                    programme=programme,
                    cohort=cohort,
                    stage=stage,
                    made_by=by if isinstance(by, User) else None,
                    contents=contents,
                    people=sorted(found.applications),
                )


def _require_whole(programme: Programme, cohort: Cohort | None, by: Actor) -> None:
    """Whoever sees some cohorts only publishes figures of these only. Raises NotAllowed or NotPossible."""
    if cohort is not None:
        refuse_if(
            cohort.programme_id != programme.pk, "Choose a cohort of this programme.", "other_programme", field="cohort"
        )
        require(by, SEE, cohort)
    elif not isinstance(by, System):
        everywhere = isinstance(by, User) and holds_everywhere(by, SEE, programme.provider_id)
        refuse_if(not everywhere, "Your role is for some cohorts only. Choose one of them.", "limited", field="cohort")


def look(*, release: EqualityRelease, how: str, by: User) -> EqualityLook:
    """Write down that somebody opened or downloaded it. Raises NotAllowed for whoever may not see it."""
    require(by, SEE, release)
    return EqualityLook.objects.create(release=release, by=by, how=how)


def publish_closed() -> int:
    """What the timetable calls: the figures of who applied, for each cohort whose applications closed a day ago or longer.
    Where they cannot be published yet or ever, somebody who tries is told why. Returns how many were."""
    now = clock.now()
    first, last = now - BY_THE_CLOCK[1], now - BY_THE_CLOCK[0]
    closed = Cohort.objects.filter(window__closes_at__range=(first, last)).select_related("programme__provider")
    due = closed.exclude(equality_releases__stage=Stage.CLOSED)
    return sum(_published(cohort) for cohort in due)


def _published(cohort: Cohort) -> bool:
    try:
        freeze(programme=cohort.programme, stage=Stage.CLOSED, cohort=cohort, by=SYSTEM)
    except NotPossible:
        return False
    return True
