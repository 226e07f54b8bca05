"""Who moved on: for each person of a cohort how it ended, and what they said at each moment at which graduates are asked (B58)."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate

from cohorts.desk.filters import cohort_or_404
from cohorts.models import Cohort, Destination, DestinationAnswer, DestinationMoment, Enrolment, Story
from cohorts.models.destinations import after
from cohorts.permissions import CohortPermission
from cohorts.states import COHORT_OVER, EnrolmentStatus
from cohorts.states.destinations import SHORT, Move
from cohorts.states.stories import StoryStatus
from steppingup import clock
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.dates import add_months
from steppingup.site.export import FORMATS, Column, export

PER_PAGE = 50
MOST_STORIES = 20
NOT_ANSWERED, NOT_ASKED, NOT_YET, STOPPED = "Not answered", "Not asked", "Not asked yet", "Does not want to be asked"
#: What counts as having moved on; wider responsibility or another employer alone may not be a step up.
MOVED_ON = {Move.PROMOTED, Move.GRADE, Move.SECTOR}

_ENDED_OTHERWISE = {EnrolmentStatus.NOT_COMPLETED, EnrolmentStatus.WITHDRAWN}


class Said(NamedTuple):
    """What somebody said at one moment, or why there is nothing. Whoever did not answer never counts as being in the same job."""

    moment: str
    words: str
    answer: DestinationAnswer | None = None
    was_asked: bool = False


class Person(NamedTuple):
    """One person of the cohort; whoever did not complete is asked nothing."""

    enrolment: Enrolment
    said: list[Said]

    @property
    def is_graduate(self) -> bool:
        return self.enrolment.status == EnrolmentStatus.COMPLETED

    @property
    def moves(self) -> set[str]:
        """All that they have said, at any moment."""
        return {move for one in self.said if one.answer for move in one.answer.moves}

    @property
    def was_silent(self) -> bool:
        """They were asked, and have answered at no moment."""
        return any(one.was_asked for one in self.said) and not any(one.answer for one in self.said)


def _title(months: int) -> str:
    words = after(months)
    return f"{words[:1].upper()}{words[1:]}"


def _said_at(months: int, enrolment: Enrolment, asked: dict[int, Destination], stopped: bool) -> Said:
    title, found = _title(months), asked.get(months)
    if enrolment.status != EnrolmentStatus.COMPLETED or enrolment.completed_at is None:
        return Said(title, "")
    if found is not None:
        answer = found.answer
        words = answer.in_words if answer else STOPPED if found.stopped_at else NOT_ANSWERED
        return Said(title, words, answer, was_asked=True)
    if stopped:
        return Said(title, STOPPED)
    is_ahead = add_months(localdate(enrolment.completed_at), months) >= clock.today()
    return Said(title, NOT_YET if is_ahead else NOT_ASKED)


def people_of(cohort: Cohort, moments: Iterable[int]) -> tuple[list[Person], list[int]]:
    """Everybody who ever had a place, by name, and the moments: those of the programme, and those at which somebody was asked before
    the programme had others."""
    own: QuerySet[Enrolment] = cohort.enrolments.select_related("participant", "employer").prefetch_related(
        "destinations__answers__confirmations"
    )
    rows = sorted(own, key=lambda one: (str(one.participant), one.pk))
    asked = {one.pk: {each.months: each for each in one.destinations.all()} for one in rows}
    every = sorted({*moments, *(months for each in asked.values() for months in each)})
    people = []
    for one in rows:
        stopped = any(each.stopped_at for each in asked[one.pk].values())
        people.append(Person(one, [_said_at(months, one, asked[one.pk], stopped) for months in every]))
    return people, every


def _says(move: str, one: Said) -> bool:
    return one.answer is not None and move in one.answer.moves


def _ever_said(move: str, one: Person) -> bool:
    return move in one.moves


class Line(NamedTuple):
    """One line of the figures: what, and how many at each moment."""

    what: str
    numbers: list[tuple[str, int]]


def figures_of(graduates: Sequence[Person], moments: Sequence[int]) -> list[Line]:
    """How many said what. At each moment those who answered, who did not and who were not asked are together all who completed;
    several moves may be so at once."""
    at = [(_title(months), [one.said[number] for one in graduates]) for number, months in enumerate(moments)]

    def line(what: str, holds: Callable[[Said], Any]) -> Line:
        return Line(what, [(title, sum(1 for one in said if holds(one))) for title, said in at])

    return [
        *(line(SHORT[move], partial(_says, move)) for move in Move),
        line("Answered", lambda one: one.answer),
        line(NOT_ANSWERED, lambda one: one.was_asked and not one.answer),
        line(NOT_ASKED, lambda one: not one.was_asked),
    ]


#: Whom the list shows.
SHOW: dict[str, tuple[str, Callable[[Person], bool]]] = {
    "completed": ("Completed", lambda one: one.is_graduate),
    "not": ("Did not complete, or withdrew", lambda one: one.enrolment.status in _ENDED_OTHERWISE),
    "moved": ("Promoted, new grade or another sector", lambda one: bool(one.moves & MOVED_ON)),
    "silent": ("Have answered at no moment", lambda one: one.was_silent),
    **{move.value: (SHORT[move], partial(_ever_said, move)) for move in Move},
}


def _columns_at(at: int, title: str) -> list[Column]:
    return [
        Column(title, lambda one: one.said[at].words),
        Column(f"{title}: job title", lambda one: one.said[at].answer and one.said[at].answer.job_title),
        Column(f"{title}: said on", lambda one: one.said[at].answer and one.said[at].answer.said_on),
        Column(
            f"{title}: confirmed by the employer",
            lambda one: one.said[at].answer and one.said[at].answer.confirmed_in_words,
        ),
    ]


def _columns(moments: Sequence[int]) -> list[Column]:
    found = [
        Column("Name", lambda one: str(one.enrolment.participant)),
        Column("Worked as", lambda one: one.enrolment.works_as),
        Column("How it ended", lambda one: one.enrolment.get_status_display()),
        Column("Completed on", lambda one: one.enrolment.completed_at and localdate(one.enrolment.completed_at)),
    ]
    for at, months in enumerate(moments):
        found += _columns_at(at, _title(months))
    return found


class MovedOnMixin(SteppedAdmin):
    """The page of a cohort on which those who run it see who moved on, by name."""

    @own_page("<int:pk>/moved-on/", "moved_on")
    def moved_on_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, CohortPermission.RUN_COHORTS)
        wanted = DestinationMoment.objects.filter(programme=cohort.programme_id).values_list("months", flat=True)
        people, moments = people_of(cohort, wanted)
        show = request.GET.get("show", "")
        show = show if show in SHOW else ""
        rows = [one for one in people if not show or SHOW[show][1](one)]
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"moved-on-{cohort.slug}", _columns(moments), rows)
        graduates = [one for one in people if one.is_graduate]
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
        by_status = [
            (label, sum(1 for one in people if one.enrolment.status == key)) for key, label in EnrolmentStatus.choices
        ]
        return self.page(
            request,
            "admin/cohorts/moved_on.html",
            title="Who moved on",
            cohort=cohort,
            is_over=cohort.status in COHORT_OVER,
            everybody=len(people),
            graduates=len(graduates),
            moved=sum(1 for one in graduates if one.moves & MOVED_ON),
            silent=sum(1 for one in graduates if one.was_silent),
            ends=[(label, number) for label, number in by_status if number],
            moments=[_title(months) for months in moments],
            figures=figures_of(graduates, moments) if graduates and moments else [],
            page=page,
            stories=Story.objects.filter(enrolment__cohort=cohort, status=StoryStatus.PUBLISHED)[:MOST_STORIES],
            choices=[(key, words) for key, (words, _) in SHOW.items()],
            show=show,
            formats=list(FORMATS),
        )
