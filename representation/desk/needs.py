"""What development plans are about across the cohorts of a provider, for its equality lead: numbers, and nobody's words (L4)."""

from django.http import Http404, HttpRequest, HttpResponse

from cohorts.assessing.plans import last_month_end, needs_of_all
from cohorts.models import Cohort
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import FORMATS, Column, export

KEEP = RepresentationPermission.KEEP_PLAN
COLUMNS = (
    Column("Of", lambda row: row["group"]),
    Column("What", lambda row: row["what"]),
    Column("People, to a multiple of five", lambda row: row["people"]),
)


class NeedsMixin(SteppedAdmin):
    """The page on which whoever keeps the action plan sees what people of all cohorts say that they need."""

    @own_page("needs-by-theme/", "needs")
    def needs_view(self, request: HttpRequest) -> HttpResponse:
        providers = list(Organisation.objects.providers_of(request.user, KEEP).order_by("name", "pk"))
        if not providers:
            raise Http404
        groups = []
        for provider in providers:
            cohorts = Cohort.objects.visible_to(request.user, KEEP).filter(programme__provider=provider)
            groups += needs_of_all(str(provider), cohorts.select_related("programme").order_by("-starts_on", "pk"))
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, "needs-by-theme", COLUMNS, [line for group in groups for line in group.lines])
        return self.page(
            request,
            "admin/cohorts/plan_needs.html",
            title="Development plans: needs by theme",
            groups=groups,
            day=last_month_end(clock.today()),
            formats=list(FORMATS),
        )
