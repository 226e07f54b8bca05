"""Before and after, for staff: who has finished, and what all said together once it was released (N9, N10)."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cohorts.actions import assessing
from cohorts.assessing.own import Standing, standing_of, with_assessments
from cohorts.assessing.windows import facts_of
from cohorts.desk.filters import cohort_or_404
from cohorts.models import AssessmentRelease, Cohort, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import AimKind, LookedAt
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import FORMATS, Column, export

GROUPS = {AimKind.AIM.value: "Aims", AimKind.BENEFIT.value: "Benefits"}
COLUMNS = (
    Column("Of", lambda row: group_of(row)),
    Column("What", lambda row: row["text"]),
    Column("Answered before and after", lambda row: row["people"]),
    Column("Mean before", lambda row: row["before"]),
    Column("Mean after", lambda row: row["after"]),
    Column("Up", lambda row: row["up"]),
    Column("The same", lambda row: row["same"]),
    Column("Down", lambda row: row["down"]),
    Column("Note", lambda row: row["withheld"]),
)


class Row(NamedTuple):
    """One participant: at which moments they have finished, where they are asked at all. Nothing of what they said."""

    enrolment: Enrolment
    moments: list[str]


class Group(NamedTuple):
    """The figures under one heading. `mean`: of a theme, as what its barriers with figures come to; from published numbers alone."""

    title: str
    rows: list[dict[str, Any]]
    is_barrier: bool
    steps: int

    def _mean(self, name: str) -> str:
        shown = [float(row[name]) for row in self.rows if row[name]]
        return f"{sum(shown) / len(shown):.1f}" if len(shown) > 1 else ""

    @property
    def before(self) -> str:
        return self._mean("before")

    @property
    def after(self) -> str:
        return self._mean("after")


def group_of(row: dict[str, Any]) -> str:
    return f"Barriers: {row['theme']}" if row["kind"] == "barrier" else GROUPS[row["kind"]]


def groups_of(release: AssessmentRelease) -> list[Group]:
    """The figures as they were released, by aims, benefits and the themes of barriers, with where they stand in the picture."""
    found: dict[str, Group] = {}
    for row in release.contents["figures"]:
        is_barrier = row["kind"] == "barrier"
        steps = len(release.contents["barrier_labels" if is_barrier else "labels"])
        group = found.setdefault(group_of(row), Group(group_of(row), [], is_barrier, steps))
        places = {f"{name}_x": _x(row[name], steps) for name in ("before", "after") if row[name]}
        group.rows.append({**row, **places})
    return list(found.values())


def _x(mean: str, steps: int, width: int = 160) -> int:
    return 10 + round((float(mean) - 1) * (width - 20) / (steps - 1))


def _said(standing: Standing | None, moment: LookedAt) -> str:
    if standing and moment in standing.given:
        return "Yes"
    window = next((one for one in standing.windows if one.moment == moment), None) if standing else None
    if window is None:
        return "Not asked"
    return "Not asked yet" if standing and window.opens > standing.today else "No"


class AssessingMixin(SteppedAdmin):
    """The page of a cohort on which those who run it see who has finished, and the release."""

    @own_page("<int:pk>/before-and-after/", "assessments")
    def assessments_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, CohortPermission.RUN_COHORTS)
        release = AssessmentRelease.objects.filter(cohort=cohort).first()
        if release and (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"before-and-after-{cohort.slug}", COLUMNS, release.contents["figures"])
        columns = [one for one in LookedAt if one != LookedAt.MIDWAY or cohort.plan.midway_days]
        people = with_assessments(Enrolment.objects.for_steps().filter(cohort=cohort))
        standings = [(one, standing_of(one)) for one in people.order_by("participant__full_name", "pk")]
        rows = [Row(one, [_said(standing, moment) for moment in columns]) for one, standing in standings]
        steps = [one for one in (assessing.remind, assessing.release) if one.is_offered(request.user, cohort)]
        if not any(standing and standing.waits for _, standing in standings):
            steps = [one for one in steps if one is not assessing.remind]
        return self.page(
            request,
            "admin/cohorts/before_and_after.html",
            title="Before and after",
            cohort=cohort,
            asks=facts_of(cohort)[0],
            columns=[one.label for one in columns],
            rows=rows,
            release=release,
            groups=groups_of(release) if release else [],
            labels=release.contents if release else {},
            steps=[(one.label, self.address_of(one, cohort)) for one in steps],
            released_from=None if release else assessing.released_from(cohort),
            plan_url=reverse("admin:cohorts_plan_change", args=[cohort.plan_id]),
            formats=list(FORMATS),
        )
