"""The ranking of a cohort against its places, what is to be done next, and the waiting list."""

from collections.abc import Collection
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from applications.actions.access import DECIDE
from applications.actions.allocation import allocate
from applications.actions.offers import offer_next
from applications.actions.reviews import assign
from applications.desk.contests import say_what_is_not_seen
from applications.desk.reasons import why_turned_down
from applications.desk.tags import TAGS, number
from applications.models import Application, Criterion, PlannedDecision
from applications.permissions import ApplicationPermission
from applications.queries import Ranked, in_ranking, places_left, ranked
from applications.rules.scores import differs_much
from applications.selection.impartiality import applies_to
from applications.states import RANKED, TO_REVIEW, ApplicationStatus
from cohorts.models import Cohort
from cohorts.states import EMPLOYED, Standing
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import LAST_BACK, SteppedAdmin
from steppingup.desk.waiting import to_do_of
from steppingup.formats import english
from steppingup.formats.keys import keys_in
from steppingup.steps.step import Step, steps_of

PER_PAGE = 250
BACK = "take_back"
SHOWN = {"all": "Everybody", "open": "Not decided yet", **{s.value: str(s.label) for s in RANKED}}


#: What nobody is shown of a cohort whose people are chosen without an interview, and of one where nobody is compared.
OF_INTERVIEWS = {"invite", ApplicationStatus.INTERVIEW, ApplicationStatus.INTERVIEWED}
OF_MERIT = {"shortlist", "hold", ApplicationStatus.IN_REVIEW, ApplicationStatus.SHORTLISTED, ApplicationStatus.HELD}


def bulk_steps(cohort: Cohort) -> dict[str, Step[Any, Any]]:
    """What can be done with several of this cohort, by name."""
    return {one.name: one for one in steps_of(Application) if one.bulk and _is_of(cohort, one.name)}


def _is_of(cohort: Cohort, what: str) -> bool:
    rules = cohort.rule_set
    never = set() if rules.has_interview else OF_INTERVIEWS
    return what not in (never if rules.is_by_merit else never | OF_MERIT)


def states_of(wanted: str) -> Collection[str]:
    return {"all": RANKED, "open": TO_REVIEW}.get(wanted, (wanted,))


def _works_as(facts: dict[str, Any]) -> str:
    """As an application says it itself."""
    named = facts["employer__name"] or facts["employer_name"]
    return Standing(facts["standing"]).in_words(named) if named or facts["standing"] not in EMPLOYED else ""


def rows_of(
    cohort: Cohort, shown: list[Ranked], highest_total: int, ticked: Collection[int] = ()
) -> list[dict[str, Any]]:
    """The lines of the ranking that are shown, with their facts in one query."""
    address = reverse("admin:applications_application_change", args=[0])
    fields = (
        "pk",
        "full_name",
        "standing",
        "employer__name",
        "employer_name",
        "status",
        "planned__step",
        "number",
        "held_until",
    )
    facts = {row["pk"]: row for row in Application.objects.filter(pk__in=[one.pk for one in shown]).values(*fields)}
    # A line is drawn below the last place, and below the last in reserve.
    lines = {cohort.capacity: f"{cohort.capacity} places"}
    if cohort.window.reserve:
        lines[cohort.capacity + cohort.window.reserve] = f"{cohort.window.reserve} in reserve"
    return [
        {
            # Text where it is only shown: Django's templates ask of every number how it is written.
            "pk": str(one.pk),
            "position": str(one.position),
            "rank": "" if one.rank is None else str(one.rank),
            "tied": one.tied,
            "name": facts[one.pk]["full_name"],
            "employer": _works_as(facts[one.pk]),
            "mean": number(one.figures.mean),
            "spread": number(one.figures.spread) if one.figures.given > 1 else "",
            "flagged": differs_much(one.figures.spread, highest_total),
            "reviews": f"{one.figures.given} of {cohort.window.assessors_each}",
            "line": lines.get(one.position, ""),
            "tag": TAGS[facts[one.pk]["status"]],
            "number": str(facts[one.pk]["number"] or ""),
            "held": english.day_date(facts[one.pk]["held_until"]),
            "planned": dict(PlannedDecision.What.choices).get(facts[one.pk]["planned__step"], ""),
            "url": address.replace("/0/", f"/{one.pk}/"),
            "ticked": one.pk in ticked,
        }
        for one in shown
        if one.pk in facts
    ]


def wanted_of(show: str) -> str:
    """What the list is narrowed to; everybody, for anything else."""
    return show if show in SHOWN else "all"


class RankingMixin(SteppedAdmin):
    """The ranking page, which cohort's it is, and what is done with those that are ticked on it."""

    def _cohorts(self, request: HttpRequest, permission: Permission) -> Any:
        found = Cohort.objects.visible_to(request.user, permission).filter(window__isnull=False)
        return found.select_related("programme__provider", "window", "rule_set")

    def _of_cohort(self, request: HttpRequest, pk: int, permission: Permission) -> Cohort:
        cohort = self._cohorts(request, permission).filter(pk=pk).first()
        if cohort is None:
            raise Http404
        return cohort

    @own_page("ranking/", "rankings")
    def rankings_view(self, request: HttpRequest) -> HttpResponse:
        """Which cohort? With one, there is no question."""
        found = list(
            self._cohorts(request, ApplicationPermission.SEE_APPLICATIONS).order_by("-window__closes_at")[:200]
        )
        if not found and not self.has_view_permission(request):
            raise Http404
        if len(found) == 1:
            return HttpResponseRedirect(reverse("admin:applications_application_ranking", args=[found[0].pk]))
        return self.page(request, "admin/applications/rankings.html", title="Selection", cohorts=found)

    @own_page("ranking/<int:cohort>/", "ranking")
    def ranking_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        found = self._of_cohort(request, cohort, ApplicationPermission.SEE_APPLICATIONS)
        return self.ranking_page(request, found, wanted_of(request.GET.get("show", "")))

    @own_page("ranking/<int:cohort>/decide/", "decide")
    def decide_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """On with those that are ticked to the page of the step for many."""
        found = self._of_cohort(request, cohort, DECIDE)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:applications_application_ranking", args=[found.pk]))
        show, name = wanted_of(request.POST.get("show", "")), request.POST.get("step", "")
        ids = keys_in(request.POST.getlist("application"))
        step, back = bulk_steps(found).get(name), name == BACK
        if (step or back) and ids:
            of_cohort = set(Application.objects.filter(cohort=found, pk__in=ids).values_list("pk", flat=True))
            chosen = [pk for pk in ids if pk in of_cohort]
            return self.take_back_last(request, chosen) if back else self.many_page(request, step, chosen)
        missing = (
            "Select at least one application." if step or back else "Choose what to do with the ones you selected."
        )
        messages.error(request, missing)
        return self.ranking_page(request, found, show, ticked=ids, step=name)

    def ranking_page(
        self, request: HttpRequest, found: Cohort, wanted: str, *, ticked: Collection[int] = (), step: str = ""
    ) -> HttpResponse:
        """The ranking; with `ticked` and `step`, as somebody left it who is to fill in something more."""
        applications = Application.objects.visible_to(request.user).filter(cohort=found)
        say_what_is_not_seen(request, found.pk)
        in_order = found.rule_set.is_first_come
        paginator = Paginator(in_ranking(applications, states_of(wanted), by_number=in_order), PER_PAGE)
        # Nobody need be ranked to be counted.
        paginator.count = applications.filter(status__in=states_of(wanted)).count()
        page = paginator.get_page(request.GET.get("page"))
        highest = found.window.max_score * Criterion.objects.filter(rule_set=found.rule_set_id).count()
        waiting: Any = applications.waiting_in_order()
        free, open_offers = places_left(found)
        to_do = [one for one in to_do_of([applications], f"cohort={found.pk}") if one.number]
        lacking = (f"?next={assign.name}&" in one.url for one in to_do)
        return self.page(
            request,
            "admin/applications/ranking.html",
            title=f"{found.rule_set.way.listed}: {found}",
            in_order=in_order,
            in_turn=in_order or not found.rule_set.is_by_merit,
            cohort=found,
            rows=rows_of(found, ranked(page.object_list), highest, ticked),
            page_obj=page,
            page_range=list(page.paginator.get_elided_page_range(page.number)),
            shown=[one for one in SHOWN.items() if _is_of(found, one[0])],
            wanted=wanted,
            step=step,
            to_do=to_do,
            trail_to=[(str(found), "")],
            bulk=[*((key, one.label) for key, one in bulk_steps(found).items()), (BACK, LAST_BACK)],
            highest=highest,
            waiting=list(
                waiting.values("pk", "full_name", "reference", "number", "mean_total", "interview_total")[:50]
            ),
            reasons=why_turned_down(applications),
            free=free,
            open_offers=open_offers,
            spread_url=self.address_of(allocate, found) if any(lacking) else "",
            offer_url=self.address_of(offer_next, found),
            may_decide=self.allows(request, DECIDE, found) and not applies_to(cast("User", request.user), found.pk),
        )
