"""A cohort at a glance: everybody's days as a bar, and the cohort against its plan over time."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse

from cohorts.desk.filters import cohort_or_404
from cohorts.desk.reviews import how_long
from cohorts.models import Cohort, Component, DayEntry, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.progress import Progress, progress_of_many
from cohorts.progress.course import Course, course_of
from cohorts.progress.forecast import Forecast, forecasts_of
from cohorts.states import HOLDS_A_PLACE, EnrolmentStatus
from steppingup import clock
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export

PER_PAGE = 50
WIDTH, HEIGHT = 600, 180


class Row(NamedTuple):
    """One participant: what they have done, when last, and where that leads."""

    enrolment: Enrolment
    progress: Progress
    last_on: Any
    exact: Progress
    forecast: Forecast | None = None

    @property
    def share(self) -> int:
        """Of the most days of the plan, in hundredths."""
        return _hundredths(self.progress.counted, self.progress.planned)

    @property
    def is_over(self) -> bool:
        return self.enrolment.status != EnrolmentStatus.ENROLLED


def _hundredths(part: Decimal, whole: Decimal) -> int:
    return round(100 * part / whole) if whole else 0


def _name(row: Row) -> Any:
    return str(row.enrolment.participant), row.enrolment.pk


#: By which order the rows are shown: its name, its words, and what decides.
ORDERS: dict[str, tuple[str, Any]] = {
    "fewest": ("Fewest days first", lambda row: (row.progress.counted, *_name(row))),
    "most": ("Most days first", lambda row: (-row.progress.counted, *_name(row))),
    "longest": ("Longest without a day first", lambda row: (str(row.last_on or ""), *_name(row))),
    "name": ("By name", _name),
    "employer": ("By employer", lambda row: (row.enrolment.works_as, *_name(row))),
}


def _columns(parts: Sequence[Component]) -> list[Column]:
    return [
        Column("Participant", lambda row: str(row.enrolment.participant)),
        Column("Works as", lambda row: row.enrolment.works_as),
        Column("Days done", lambda row: row.progress.counted),
        Column("Of at most", lambda row: row.progress.planned),
        *(
            Column(part.title, lambda row, part=part: row.progress.like(part).counted)  # type: ignore[misc]
            for part in parts
        ),
        Column("Last day", lambda row: row.last_on),
        Column("Expected by the end", lambda row: row.forecast and row.forecast.expected),
    ]


def _people(cohort: Cohort) -> list[Any]:
    """Everybody who holds a place, with the last day on which they did something (`last_on`)."""
    last = DayEntry.objects.standing().filter(enrolment=OuterRef("pk")).order_by("-on").values("on")[:1]
    own = Enrolment.objects.filter(cohort=cohort, status__in=HOLDS_A_PLACE).annotate(last_on=Subquery(last))
    return list(own.select_related("participant", "employer").order_by("pk"))


def _rows(people: list[Any]) -> list[Row]:
    exact = progress_of_many(people, booked=False)
    return [Row(one, exact[one.pk].in_quarters(), one.last_on, exact[one.pk]) for one in people]


def _with_forecasts(rows: Sequence[Row]) -> list[Row]:
    """For those who are on the programme, once it has begun."""
    ahead = [row for row in rows if not row.is_over and row.enrolment.cohort.starts_on <= clock.today()]
    found = forecasts_of([row.enrolment for row in ahead], {row.enrolment.pk: row.exact for row in ahead})
    return [row._replace(forecast=found.get(row.enrolment.pk)) for row in rows]


class Picture(NamedTuple):
    """The two lines, in the units of the picture."""

    planned: str
    done: str
    today: int | None
    weeks: list[tuple[Any, str, str]]


def _picture(course: Course) -> Picture:
    """With the same figures as rows, every fourth week and the last."""
    number = len(course.weeks)
    top = max([course.whole, *course.done, Decimal(1)])

    def line(values: Sequence[Decimal]) -> str:
        points = [(0, Decimal(0)), *enumerate(values, 1)]
        return " ".join(f"{round(WIDTH * at / number)},{round(HEIGHT - HEIGHT * value / top)}" for at, value in points)

    first, last = course.weeks[0], course.weeks[-1]
    is_on = first <= clock.today() <= last
    rows = [
        (
            day,
            english.days(english.nearest_quarter(course.planned[at])),
            english.days(english.nearest_quarter(course.done[at])) if at < len(course.done) else "",
        )
        for at, day in enumerate(course.weeks)
        if at % 4 == 3 or at == number - 1
    ]
    today = round(WIDTH * (clock.today() - first).days / max(1, (last - first).days)) if is_on else None
    return Picture(line(course.planned), line(course.done), today, rows)


class GlanceMixin(SteppedAdmin):
    """The page of a cohort on which those who run it see everybody's days at once."""

    @own_page("<int:pk>/glance/", "glance")
    def glance_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, CohortPermission.RUN_COHORTS)
        people = _people(cohort)
        for one in people:  # one and the same, which is read already
            one.cohort = cohort
        order = request.GET.get("order", "")
        order = order if order in ORDERS else "fewest"
        rows = sorted(_rows(people), key=ORDERS[order][1])
        components = [part.component for part in rows[0].exact.components] if rows else []
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"days-{cohort.slug}", _columns(components), _with_forecasts(rows))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
        course = course_of(cohort, people, components) if components else None
        counted = [row.progress.counted for row in rows]
        planned = course.planned_by(clock.today()) if course else Decimal(0)
        return self.page(
            request,
            "admin/cohorts/glance.html",
            title="At a glance",
            cohort=cohort,
            rows=_with_forecasts(page.object_list),
            page=page,
            orders=[(key, words) for key, (words, _) in ORDERS.items()],
            order=order,
            picture=_picture(course) if course and people else None,
            average=english.nearest_quarter(sum(counted, Decimal(0)) / len(counted)) if counted else None,
            planned=english.nearest_quarter(planned),
            plan_share=_hundredths(planned, course.whole) if course else 0,
            whole=cohort.plan.days_in_words,
            has_begun=cohort.starts_on <= clock.today(),
            reviews=how_long(subject=cohort, viewer=request.user),
            formats=list(FORMATS),
            width=WIDTH,
            height=HEIGHT,
        )
