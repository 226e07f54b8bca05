"""The pages of a cohort as each person will see them, and its dry run, for whoever sets it up."""

from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from applications import rehearsal
from applications.actions import dry_runs
from applications.dry_run import Line, Report
from applications.readiness import DRY_RUN
from cohorts.actions.preparing import ask_colleague
from cohorts.desk.filters import cohort_or_404
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.readiness import who_may, with_way_back
from steppingup.accounts.actors import may
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.models import Job

#: Links and forms on a page that is only shown lead nowhere.
STILL = '<head><base target="_blank">'


class Told(NamedTuple):
    """A line of a dry run as somebody reads it: where they put it right, or whose task that is."""

    line: Line
    url: str = ""
    whose: str = ""


class Rehearses(ScopedAdmin):
    """The page on which somebody looks at all the others, and that of the dry run."""

    @own_page("dry-run/<int:cohort>/", "dry_run")
    def dry_run_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """What came of the last dry run, and the button that begins the next."""
        found = cohort_or_404(request, cohort, CohortPermission.EDIT_PROGRAMMES)
        if request.method == "POST":
            return redirect(dry_runs.ask_for(cohort=found, by=signed_in(request)))
        job = Job.objects.about(found).filter(kind=DRY_RUN).select_related("started_by").first()
        reports = [Report.of_data(one) for one in job.result.get("shown", {}).get("reports", ())] if job else []
        told = [(report, [_as_read(request, found, line) for line in report.lines]) for report in reports]
        others = any(one.whose for _, lines in told for one in lines)
        asks = others and ask_colleague.is_offered(request.user, found)
        return self.page(
            request,
            "admin/applications/dry_run.html",
            title="Dry run",
            workspace_of=found,
            job=job,
            told=told,
            ask=reverse("admin:cohorts_cohort_step", args=[found.pk, ask_colleague.name]) if asks else "",
            trail_to=[(str(found), "")],
        )

    @own_page("rehearsal/<int:cohort>/", "rehearsal")
    def rehearsal_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """Which pages there are, and the one that was asked for. It is asked for by a button: what made-up people do for it
        is written, and undone."""
        found = cohort_or_404(request, cohort, CohortPermission.EDIT_PROGRAMMES)
        pages = rehearsal.pages_of(found)
        wanted = next((one for one in pages if one.key == request.POST.get("page")), None)
        html = refused = ""
        if wanted is not None:
            try:
                html = rehearsal.page_of(request, found, wanted.key).replace("<head>", STILL, 1)
            except NotPossible as sentence:
                refused = str(sentence)
        return self.page(
            request,
            "admin/applications/rehearsal.html",
            title="As people will see it",
            workspace_of=found,
            by_person=[(who, list(own)) for who, own in groupby(pages, key=lambda page: page.who)],
            wanted=wanted,
            html=html,
            refused=refused,
            on_phone=request.POST.get("width") == "phone",
            trail_to=[(str(found), "")],
        )


def _as_read(request: HttpRequest, cohort: Cohort, line: Line) -> Told:
    if line.mend is None:
        return Told(line)
    permission: Any = line.mend.permission
    if may(request.user, permission, cohort):
        return Told(line, url=with_way_back(line.mend.url, request.path))
    return Told(line, whose=who_may(permission))
