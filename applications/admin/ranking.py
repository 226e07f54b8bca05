"""The ranking of a cohort against its places, what is to be done next, and the waiting list."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from applications.actions.together import STEPS
from applications.admin.pieces import TAGS, number
from applications.models import Application, Criterion
from applications.queries import candidates_of, places_left
from applications.ranking import Ranked, differs_much, rank
from applications.states import APPLICATION, RANKED, TO_REVIEW, ApplicationStatus, Reason
from cohorts.models import Cohort
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin

PER_PAGE = 250
SHOWN = {"all": "Everybody", "open": "Not decided yet", **{s.value: str(s.label) for s in RANKED}}
#: Whoever stands at one of these can be ticked.
BULK_FROM = frozenset(source for step in STEPS for source in APPLICATION.moves[step].sources)


@dataclass(slots=True)
class Row:
    """One line of the ranking."""

    ranked: Ranked
    application: dict[str, Any]
    mean: str
    spread: str
    flagged: bool
    line: str
    tag: str
    url: str
    ticked: bool
    wanted: int

    @property
    def tickable(self) -> bool:
        return self.application["status"] in BULK_FROM


def _shown(status: str, wanted: str) -> bool:
    if wanted == "open":
        return status in TO_REVIEW
    return wanted == "all" or status == wanted


def rows_of(cohort: Cohort, ranked: list[Ranked], highest_total: int, ticked: Collection[int] = ()) -> list[Row]:
    """The facts for these lines only, in one query."""
    address = reverse("admin:applications_application_change", args=[0])
    fields = ("pk", "reference", "full_name", "employer__name", "employer_name", "status")
    facts = {
        row["pk"]: row
        for row in Application.objects.filter(pk__in=[one.candidate.pk for one in ranked]).order_by().values(*fields)
    }
    lines = {cohort.capacity: f"{cohort.capacity} places"}
    if cohort.window.reserve:
        lines[cohort.capacity + cohort.window.reserve] = f"{cohort.window.reserve} in reserve"
    return [
        Row(
            one,
            facts[one.candidate.pk],
            number(one.candidate.mean),
            number(one.candidate.spread) if one.candidate.reviews_done > 1 else "",
            differs_much(one.candidate.spread, highest_total),
            lines.get(one.position, ""),
            TAGS[facts[one.candidate.pk]["status"]],
            address.replace("/0/", f"/{one.candidate.pk}/"),
            one.candidate.pk in ticked,
            cohort.window.assessors_each,
        )
        for one in ranked
        if one.candidate.pk in facts
    ]


def next_of(cohort: Cohort, states: Counter[str]) -> list[tuple[int, str, str]]:
    """What is to be done for this cohort, in the order of the work: how many, in words, and where."""
    found = Application.objects.filter(cohort=cohort)
    reviews, here = found.count_reviews(), reverse("admin:applications_application_ranking", args=[cohort.pk])
    queue = f"{reverse('admin:applications_application_changelist')}?cohort={cohort.pk}"
    to_assign = reverse("admin:applications_application_allocate", args=[cohort.pk])
    to_record = found.awaiting_record().count() if states[ApplicationStatus.INTERVIEW] else 0
    lines = (
        (reviews["to_assign"], "without enough assessors: give them some", to_assign),
        (reviews["to_score"], "waiting for scores", f"{queue}&reviews=missing"),
        (reviews["to_decide"], "scored, to be decided", f"{here}?show=open"),
        (states[ApplicationStatus.SHORTLISTED], "shortlisted, to be invited to interview", f"{here}?show=shortlisted"),
        (to_record, "with an interview to record", f"{queue}&interview=record"),
        (states[ApplicationStatus.INTERVIEWED], "interviewed, to be offered a place", f"{here}?show=interviewed"),
    )
    return [line for line in lines if line[0]]


def wanted_of(show: str) -> str:
    """What the list is narrowed to; everybody, for anything else."""
    return show if show in SHOWN else "all"


class RankingMixin(ScopedAdmin):
    """The ranking page, and which cohort's it is."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "applications_application"
        return [
            path("ranking/", view(self.rankings_view), name=f"{name}_rankings"),
            path("ranking/<int:cohort>/", view(self.ranking_view), name=f"{name}_ranking"),
            *super().get_urls(),
        ]

    def _of_cohort(self, request: HttpRequest, pk: int, permission: Permission) -> Cohort:
        cohorts = Cohort.objects.for_staff(request.user, permission).filter(window__isnull=False)
        cohort = cohorts.select_related("programme__provider", "window").filter(pk=pk).first()
        if cohort is None:
            raise Http404
        return cohort

    def _page(self, request: HttpRequest, template: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/applications/{template}.html", context)

    def rankings_view(self, request: HttpRequest) -> HttpResponse:
        """Which cohort? With one, there is no question."""
        cohorts = Cohort.objects.for_staff(request.user, Permission.SEE_APPLICATIONS).filter(window__isnull=False)
        found = list(cohorts.select_related("programme", "window").order_by("-window__closes_at")[:200])
        if not found and not self.has_view_permission(request):
            raise Http404
        if len(found) == 1:
            return HttpResponseRedirect(reverse("admin:applications_application_ranking", args=[found[0].pk]))
        return self._page(request, "rankings", title="Ranking and shortlist", cohorts=found)

    def ranking_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        found = self._of_cohort(request, cohort, Permission.SEE_APPLICATIONS)
        return self.ranking_page(request, found, wanted_of(request.GET.get("show", "")))

    def ranking_page(
        self, request: HttpRequest, found: Cohort, wanted: str, *, ticked: Collection[int] = (), step: str = ""
    ) -> HttpResponse:
        """The ranking; with `ticked` and `step`, as somebody left it who is to fill in something more."""
        ranked = rank(candidates_of(found))
        states = dict(Application.objects.filter(cohort=found).order_by().values_list("pk", "status"))
        if wanted != "all":
            ranked = [one for one in ranked if _shown(states[one.candidate.pk], wanted)]
        page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
        highest = found.window.max_score * Criterion.objects.filter(programme=found.programme_id).count()
        waiting: Any = Application.objects.filter(cohort=found).waiting_in_order()
        free, open_offers = places_left(found)
        return self._page(
            request,
            "ranking",
            title=f"Ranking: {found}",
            cohort=found,
            rows=rows_of(found, page.object_list, highest, ticked),
            page_obj=page,
            page_range=list(page.paginator.get_elided_page_range(page.number)),
            shown=SHOWN.items(),
            wanted=wanted,
            step=step,
            to_do=next_of(found, Counter(states.values())),
            trail_to=[(str(found), "")],
            bulk=[(name, one.label) for name, one in STEPS.items()],
            reasons=Reason.choices,
            highest=highest,
            waiting=list(waiting.values("pk", "full_name", "reference", "mean_total", "interview_total")[:50]),
            free=free,
            open_offers=open_offers,
            may_decide=self.allows(request, Permission.DECIDE_APPLICATIONS),
        )
