"""Spreading selected applications over the assessors: first who gets how many, then it happens."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from applications.actions.allocation import allocate
from applications.actions.telling import to_score, would_tell_assessor
from applications.impartial import Plan, assessors_of, plan_for, without_own
from applications.models import Application
from applications.states import TO_REVIEW
from cohorts.access import require_staff
from cohorts.models import Cohort
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs

#: More than this is done by a worker, with a progress bar.
AT_ONCE = 50


class AllocationMixin(ScopedAdmin):
    """The action on the list, and the page that says who gets how many."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("allocate/<int:cohort>/", view(self.allocate_view), name="applications_application_allocate"),
            *super().get_urls(),
        ]

    def has_allocate_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, Permission.DECIDE_APPLICATIONS)

    @admin.action(description="Spread over the assessors", permissions=["allocate"])
    def allocate_selected(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        """Shows the plan. Nothing happens before it is confirmed."""
        chosen = queryset.filter(status__in=TO_REVIEW).order_by()
        cohorts = list(chosen.values_list("cohort", flat=True).distinct()[:2])
        if not cohorts:
            messages.error(request, "None of these applications is waiting for reviews.")
            return None
        if len(cohorts) > 1:
            messages.error(request, "Choose applications of one cohort: filter the list by cohort first.")
            return None
        return self._plan_page(request, self._cohort(request, cohorts[0]), list(chosen.values_list("pk", flat=True)))

    def _cohort(self, request: HttpRequest, pk: int) -> Cohort:
        """Fetched through the access rule."""
        cohorts = Cohort.objects.for_staff(request.user, Permission.DECIDE_APPLICATIONS)
        cohort = cohorts.select_related("programme__provider", "window").filter(pk=pk, window__isnull=False).first()
        if cohort is None:
            raise Http404
        return cohort

    def _plan_page(self, request: HttpRequest, cohort: Cohort, ids: list[int]) -> HttpResponse:
        others = without_own(ids, request.user)
        if len(others) < len(ids):
            messages.info(request, "Your own application is left out: a colleague chooses who scores it.")
        plan = plan_for(cohort, others)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Spread over the assessors",
            "cohort": cohort,
            "ids": others,
            "plan": plan,
            "rows": _rows(cohort, plan),
            "number": len({application for application, _ in plan.pairs}),
            "short": len(plan.short),
            "told": _told(cohort, plan),
            "back_url": _ranking(cohort),
            "trail_to": [(str(cohort), _ranking(cohort))],
        }
        return TemplateResponse(request, "admin/applications/allocate.html", context)

    def allocate_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """GET shows the plan for all that lack assessors. POST with the chosen ones: done now, or by a worker."""
        found = self._cohort(request, cohort)
        if request.method != "POST":
            lacking = Application.objects.filter(cohort=found).lacking_assessors().order_by()
            return self._plan_page(request, found, list(lacking.values_list("pk", flat=True)))
        ids = [int(pk) for pk in request.POST.getlist("application") if pk.isdecimal()]
        back = _ranking(found)
        try:
            require_staff(request.user, Permission.DECIDE_APPLICATIONS, found)
            if len(ids) > AT_ONCE:
                job = jobs.start(
                    kind="applications.allocate",
                    title=f"Spreading {len(ids)} applications over the assessors",
                    about=found,
                    by=request.user,
                    arguments={"cohort": found.pk, "applications": ids},
                    key=f"cohort-{found.pk}",
                    provider=found.programme.provider,
                )
                return HttpResponseRedirect(job.get_absolute_url())
            made = allocate(cohort=found, applications=ids, by=request.user)
        except OwnRecord:
            raise
        except NotAllowed as error:
            raise Http404 from error
        except NotPossible as sentence:
            messages.error(request, str(sentence))
        else:
            if made:
                messages.success(request, f"{len(made)} reviews were assigned, and the assessors were told.")
            else:
                messages.info(request, "All of these have their assessors already. Nobody was told anything.")
        return HttpResponseRedirect(back)


def _ranking(cohort: Cohort) -> str:
    return reverse("admin:applications_application_ranking", args=[cohort.pk])


def _rows(cohort: Cohort, plan: Plan) -> list[tuple[Any, int]]:
    counts = plan.counts()
    return [(person, counts[person.pk]) for person in assessors_of(cohort)]


def _told(cohort: Cohort, plan: Plan) -> list[Any]:
    return [
        would_tell_assessor(person, cohort, "reviews_assigned", count=to_score(number))
        for person, number in _rows(cohort, plan)
        if number
    ]
