"""The ranking of a cohort against its places, decisions about several at once, and the waiting list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from applications.actions import offers
from applications.actions.decisions import decide_many, possible, would_be_told
from applications.admin.pieces import TAGS, number
from applications.models import Application, Criterion
from applications.queries import candidates_of, places_left
from applications.ranking import Ranked, differs_much, rank
from applications.states import RANKED, TO_REVIEW, ApplicationStatus, Reason
from cohorts.models import Cohort
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.roles import Permission
from steppingup.audit.lifecycle import NotPossible
from steppingup.jobs import actions as jobs

PER_PAGE = 250
#: More than this is done by a worker, with a progress bar.
AT_ONCE = 50
BULK = {"shortlist": "Shortlist", "hold": "Hold in reserve", "turn_down": "Turn down"}
SHOWN = {"all": "Everybody", "open": "Not decided yet", **{s.value: str(s.label) for s in RANKED}}


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

    @property
    def tickable(self) -> bool:
        return self.application["status"] in BULK_FROM


BULK_FROM = frozenset(
    {
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.IN_REVIEW,
        ApplicationStatus.SHORTLISTED,
        ApplicationStatus.HELD,
        ApplicationStatus.INTERVIEWED,
        ApplicationStatus.WAITING,
    }
)


def _shown(status: str, wanted: str) -> bool:
    if wanted == "open":
        return status in TO_REVIEW
    return wanted == "all" or status == wanted


def rows_of(cohort: Cohort, ranked: list[Ranked], highest_total: int) -> list[Row]:
    """The facts for these lines only, in one query."""
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
        )
        for one in ranked
        if one.candidate.pk in facts
    ]


class RankingMixin:
    """The ranking page, its confirm page, and offering a free place to the next on the waiting list."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "applications_application"  # type: ignore[attr-defined]
        return [
            path("ranking/", view(self.rankings_view), name=f"{name}_rankings"),
            path("ranking/<int:cohort>/", view(self.ranking_view), name=f"{name}_ranking"),
            path("ranking/<int:cohort>/decide/", view(self.decide_view), name=f"{name}_decide"),
            path("ranking/<int:cohort>/next/", view(self.next_view), name=f"{name}_next"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _of_cohort(self, request: HttpRequest, pk: int, permission: Permission) -> Cohort:
        cohorts = Cohort.objects.for_staff(request.user, permission).filter(window__isnull=False)
        cohort = cohorts.select_related("programme__provider", "window").filter(pk=pk).first()
        if cohort is None:
            raise Http404
        return cohort

    def _page(self, request: HttpRequest, template: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **more}  # type: ignore[attr-defined]
        return TemplateResponse(request, f"admin/applications/{template}.html", context)

    def rankings_view(self, request: HttpRequest) -> HttpResponse:
        """Which cohort? With one, there is no question."""
        cohorts = Cohort.objects.for_staff(request.user, Permission.SEE_APPLICATIONS).filter(window__isnull=False)
        found = list(cohorts.select_related("programme", "window").order_by("-window__closes_at")[:200])
        if not found and not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise Http404
        if len(found) == 1:
            return HttpResponseRedirect(reverse("admin:applications_application_ranking", args=[found[0].pk]))
        return self._page(request, "rankings", title="Ranking and shortlist", cohorts=found)

    def ranking_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        found = self._of_cohort(request, cohort, Permission.SEE_APPLICATIONS)
        wanted = request.GET.get("show", "all")
        wanted = wanted if wanted in SHOWN else "all"
        ranked = rank(candidates_of(found))
        if wanted != "all":
            states = dict(Application.objects.filter(cohort=found).order_by().values_list("pk", "status"))
            ranked = [one for one in ranked if _shown(states[one.candidate.pk], wanted)]
        page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
        highest = found.window.max_score * Criterion.objects.filter(programme=found.programme_id).count()
        waiting = Application.objects.filter(cohort=found).waiting_in_order()
        free, open_offers = places_left(found)
        return self._page(
            request,
            "ranking",
            title=f"Ranking: {found}",
            cohort=found,
            rows=rows_of(found, page.object_list, highest),
            page_obj=page,
            page_range=list(page.paginator.get_elided_page_range(page.number)),
            shown=SHOWN.items(),
            wanted=wanted,
            bulk=BULK.items(),
            reasons=Reason.choices,
            highest=highest,
            waiting=list(waiting.values("pk", "full_name", "reference", "mean_total", "interview_total")[:50]),
            free=free,
            open_offers=open_offers,
            may_decide=self.allows(request, Permission.DECIDE_APPLICATIONS),  # type: ignore[attr-defined]
        )

    def decide_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """First POST: who will be told what. Second POST, with `confirm`: it happens, for each of them once."""
        found = self._of_cohort(request, cohort, Permission.DECIDE_APPLICATIONS)
        back = reverse("admin:applications_application_ranking", args=[found.pk])
        if request.method != "POST":
            return HttpResponseRedirect(back)
        step, reason, note = (request.POST.get(name, "") for name in ("step", "reason", "note"))
        chosen = self._chosen(request, found)
        problem = _problem(step, reason, chosen)
        if problem:
            messages.error(request, problem)
            return HttpResponseRedirect(back)
        if "confirm" in request.POST:
            return self._decide(request, found, chosen, step, reason, note.strip()[:2000], back)
        movable = [a for a in chosen if possible(a, step) and a.applicant_id != request.user.pk]
        told = [letter for a in movable for letter in would_be_told(application=a, step=step, reason=reason)]
        return self._page(
            request,
            "decide",
            title=f"{BULK[step]}: {len(movable)} {'person' if len(movable) == 1 else 'people'}",
            cohort=found,
            step=step,
            label=BULK[step],
            reason=reason,
            reason_label=dict(Reason.choices).get(reason, ""),
            chosen=movable,
            left_out=[a for a in chosen if a not in movable],
            told=told,
            back_url=back,
            by_worker=len(movable) > AT_ONCE,
        )

    def _chosen(self, request: HttpRequest, cohort: Cohort) -> list[Application]:
        ids = [int(pk) for pk in request.POST.getlist("application") if pk.isdecimal()]
        related = ("cohort__programme__provider", "cohort__window", "applicant", "employer", "fee_agreement")
        rows = Application.objects.filter(cohort=cohort).submitted().select_related(*related).in_bulk(ids)
        return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]

    def _decide(
        self,
        request: HttpRequest,
        cohort: Cohort,
        chosen: list[Application],
        step: str,
        reason: str,
        note: str,
        back: str,
    ) -> HttpResponse:
        if len(chosen) > AT_ONCE:
            ids = [application.pk for application in chosen]
            job = jobs.start(
                kind="applications.decide",
                title=f"{BULK[step]}: {len(ids)} people",
                about=cohort,
                by=request.user,
                arguments={"cohort": cohort.pk, "applications": ids, "step": step, "reason": reason, "note": note},
                key=f"cohort-{cohort.pk}",
            )
            return HttpResponseRedirect(job.get_absolute_url())
        outcome = decide_many(applications=chosen, step=step, by=request.user, reason=reason, note=note)
        level = messages.SUCCESS if outcome.done else messages.INFO
        messages.add_message(request, level if not outcome.refused else messages.WARNING, outcome.sentence())
        return HttpResponseRedirect(back)

    def next_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """Offer a free place to the first on the waiting list, after showing who that is."""
        found = self._of_cohort(request, cohort, Permission.DECIDE_APPLICATIONS)
        back = reverse("admin:applications_application_ranking", args=[found.pk])
        related = ("cohort__programme__provider", "cohort__window", "applicant", "fee_agreement")
        first = Application.objects.filter(cohort=found).waiting_in_order().select_related(*related).first()
        if first is None:
            messages.error(request, "Nobody is on the waiting list.")
            return HttpResponseRedirect(back)
        if request.method != "POST":
            told = [offers.would_be_offered(application=first)]
            more = {"title": "Offer the next place", "application": first, "told": told, "back_url": back}
            return self._page(request, "next", cohort=found, **more)
        try:
            if request.POST.get("application") != str(first.pk):
                raise NotPossible("Somebody else is the first on the waiting list now. Please look again.")
            offers.offer_next(cohort=found, by=request.user)
        except NotAllowed as error:
            raise Http404 from error
        except NotPossible as sentence:
            messages.error(request, str(sentence))
        else:
            messages.success(request, f"A place was offered to {first.full_name}, who was told.")
        return HttpResponseRedirect(back)


def _problem(step: str, reason: str, chosen: list[Application]) -> str:
    """What is missing, in a sentence."""
    if step not in BULK:
        return "Choose what to do with the applications that you ticked."
    if not chosen:
        return "Tick at least one application."
    if step == "turn_down" and reason not in Reason.values:
        return "Choose a reason for turning the applications down. The applicants read it."
    return ""
