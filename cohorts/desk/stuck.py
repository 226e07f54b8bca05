"""Who is stuck: everybody on a programme under way who is being lost, what is lost first at the top."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from cohorts.desk.filters import cohort_or_404
from cohorts.extensions import Trouble
from cohorts.models import Cohort, Enrolment, FollowUp
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.notices.pausing import NUDGE
from cohorts.permissions import CohortPermission
from cohorts.progress.stuck import troubles_of
from cohorts.states import CohortStatus
from steppingup import clock
from steppingup.accounts.actors import holds
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import own_page
from steppingup.formats.keys import is_key
from steppingup.messaging.models import Message
from steppingup.site.export import FORMATS, Column, export

RUN = CohortPermission.RUN_COHORTS
PER_PAGE = 50
#: So many stand on the overview of a cohort.
FIRST = 8
ORDER = ("-starts_on", "name")


@dataclass(frozen=True)
class Row:
    """One kind of trouble of one participant, and what is done about it."""

    enrolment: Any
    trouble: Trouble
    follow_up: FollowUp | None

    @property
    def written(self) -> date | None:
        """The day on which they were last asked how it is going."""
        at = self.enrolment.written_at
        return localdate(at) if at else None

    @property
    def is_asleep(self) -> bool:
        until = self.follow_up and self.follow_up.snoozed_until
        return bool(until and until > clock.today())

    @property
    def owner(self) -> Any:
        return self.follow_up and self.follow_up.owner


def watched(rows: EnrolmentQuerySet, cohort: Cohort | None = None) -> list[Enrolment]:
    """Those who can be stuck, with what is asked about each; of one cohort, where it is given. A cohort is read once, not with each of its
    people."""
    here = rows.on_the_programme().filter(cohort__status=CohortStatus.RUNNING)
    here = here.filter(cohort=cohort) if cohort else here
    told = Message.objects.filter(kind=NUDGE.key, to=OuterRef("participant")).order_by("-created_at")
    written: EnrolmentQuerySet = here.annotate(written_at=Subquery(told.values("created_at")[:1]))
    people = list(written.select_related("participant"))
    cohorts = {cohort.pk: cohort} if cohort else Cohort.objects.for_steps().in_bulk({one.cohort_id for one in people})
    for one in people:
        one.cohort = cohorts[one.cohort_id]
    return people


def rows_of(people: list[Any], viewer: Any) -> list[Row]:
    """Every row of those who are watched, those that are left to later too; the same number of queries however many they are."""
    own = {one.pk: one for one in people}
    found = troubles_of(people, viewer)
    follow_ups = {
        (one.enrolment_id, one.kind): one
        for one in FollowUp.objects.filter(enrolment__in={row.enrolment for row in found}).select_related("owner")
    }
    return [Row(own[one.enrolment], one, follow_ups.get((one.enrolment, one.kind.key))) for one in found]


COLUMNS = (
    Column("Participant", "enrolment__participant"),
    Column("Cohort", "enrolment__cohort"),
    Column("What", lambda row: row.trouble.kind.title),
    Column("Why", lambda row: row.trouble.why),
    Column("By", lambda row: row.trouble.by),
    Column("Whose task", lambda row: str(row.owner or "")),
    Column("Last written to", lambda row: row.written),
    Column("Not again before", lambda row: row.follow_up and row.follow_up.snoozed_until),
)


def _cohorts_of(people: list[Enrolment]) -> list[Cohort]:
    found = {one.cohort_id: one.cohort for one in people}
    return sorted(found.values(), key=lambda one: (-one.starts_on.toordinal(), one.name))


class StuckMixin:
    """The page of the list of participants that shows who is stuck."""

    @own_page("stuck/first/<int:pk>/", "first_stuck")
    def first_stuck_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The first few of a cohort, for its overview: a part of a page."""
        cohort = cohort_or_404(request, pk, RUN)
        people = watched(Enrolment.objects.all(), cohort)
        rows = [row for row in rows_of(people, signed_in(request)) if not row.is_asleep]
        more = f"{reverse('admin:cohorts_enrolment_stuck')}?cohort={cohort.pk}"
        found = {"rows": rows[:FIRST], "number": len(rows), "more": more}
        return render(request, "admin/cohorts/overview/first_stuck.html", found)

    @own_page("stuck/", "stuck")
    def stuck_view(self, request: HttpRequest) -> HttpResponse:
        """Of all cohorts that somebody runs, or of one."""
        viewer = signed_in(request)
        if not holds(viewer, RUN):
            raise Http404
        mine = Cohort.objects.visible_to(viewer, RUN)
        chosen = request.GET.get("cohort", "")
        # One that is not under way too, in whose tab the page stands: of it nobody is shown, and not everybody of all others.
        cohort = mine.for_steps().filter(pk=chosen).first() if is_key(chosen) else None
        cohorts = mine.filter(Q(status=CohortStatus.RUNNING) | Q(pk=cohort.pk if cohort else None))
        found = watched(Enrolment.objects.visible_to(viewer, RUN), cohort)
        every = rows_of(found, viewer)
        kinds = sorted({row.trouble.kind for row in every}, key=lambda kind: kind.title)
        kind, show = request.GET.get("kind", ""), request.GET.get("show", "")
        rows = [row for row in every if row.is_asleep == (show == "later")]
        if show == "mine":
            rows = [row for row in rows if row.owner == viewer]
        if kind:
            rows = [row for row in rows if row.trouble.kind.key == kind]
        if (wanted := request.GET.get("export", "")) in FORMATS:
            return export(wanted, "who-is-stuck", COLUMNS, rows)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
        return self.page(  # type: ignore[attr-defined]
            request,
            "admin/cohorts/stuck.html",
            title=f"Who is stuck: {cohort}" if cohort else "Who is stuck",
            cohort=cohort,
            is_still=cohort is not None and cohort.status != CohortStatus.RUNNING,
            # All that have anybody are at hand, unless one was chosen.
            cohorts=cohorts.select_related("programme").order_by(*ORDER) if cohort else _cohorts_of(found),
            rows=page,
            kinds=kinds,
            kind=kind,
            show=show,
            formats=list(FORMATS),
            people=len({row.enrolment.pk for row in rows}),
        )
