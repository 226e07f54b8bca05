"""What the development plans of a cohort are about, for those who run it: numbers, and nobody's words (L4)."""

from django.http import HttpRequest, HttpResponse

from cohorts.assessing.plans import last_month_end, needs_of_cohort
from cohorts.desk.filters import cohort_or_404
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import FORMATS, Column, export

COLUMNS = (
    Column("Of", lambda row: row["group"]),
    Column("What", lambda row: row["what"]),
    Column("People, to a multiple of five", lambda row: row["people"]),
)


class PlanNeedsMixin(SteppedAdmin):
    """The page of a cohort on which those who run it see what people say that they need."""

    @own_page("<int:pk>/needs-by-theme/", "plan_needs")
    def plan_needs_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, CohortPermission.RUN_COHORTS)
        needs = needs_of_cohort(cohort)
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"needs-by-theme-{cohort.slug}", COLUMNS, needs.lines)
        return self.page(
            request,
            "admin/cohorts/plan_needs.html",
            title="Development plans: needs by theme",
            cohort=cohort,
            groups=[needs],
            day=last_month_end(clock.today()),
            formats=list(FORMATS),
        )
