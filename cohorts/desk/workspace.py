"""A cohort's workspace (steppingup.desk.workspace): the page of each tab, the switcher, what waits with the button that does it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from cohorts.actions import cohorts
from cohorts.actions.preparing import ask_colleague
from cohorts.desk.filters import cohort_or_404
from cohorts.models import Cohort
from cohorts.readiness import stages_of, who_may, with_way_back
from cohorts.states import CohortStatus
from steppingup.accounts.actors import may
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import scope_of
from steppingup.desk import workspace
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin
from steppingup.desk.waiting import ToDo, models_that_wait, to_do_of
from steppingup.site.sections import render_sections
from steppingup.steps.step import steps_of
from steppingup.steps.waiting import waiting_of

PARAMETER = "cohort"
#: Worked on first: those that are under way, then those that people apply for.
FIRST = Case(
    When(status=CohortStatus.RUNNING, then=Value(0)),
    When(status=CohortStatus.PUBLISHED, then=Value(1)),
    When(status=CohortStatus.DRAFT, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def open_to(user: Any, permissions: Iterable[Permission]) -> QuerySet[Cohort]:
    """The cohorts for which this person holds any of these permissions."""
    found = Cohort.objects.none()
    for permission in permissions:
        found = found | Cohort.objects.visible_to(user, permission)
    return found.select_related("programme__provider").order_by(FIRST, "-starts_on", "pk")


def called(rows: QuerySet[Cohort], words: str) -> QuerySet[Cohort]:
    """Those whose own name and programme's name have every one of these words."""
    for word in words.split():
        rows = rows.filter(Q(name__finds=word) | Q(programme__name__finds=word))
    return rows


class WorkspaceMixin(SteppedAdmin):
    """The pages of the workspace, below those of cohorts. Whoever may not enter finds nothing there."""

    def _subject(self, request: HttpRequest, pk: int) -> Cohort:
        here: Cohort | None = workspace.entered(request, pk)
        if here is None:
            raise Http404
        return here

    @own_page("workspace/", "workspace")
    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """To the cohort where this person was last."""
        if not workspace.has_workspace(request.user):
            raise Http404
        last = workspace.last_of(request)
        if last is None:
            messages.info(request, "There is no cohort yet. Add the first one here.")
            return HttpResponseRedirect(reverse("admin:cohorts_cohort_changelist"))
        return HttpResponseRedirect(workspace.address_of(last, workspace.tabs_of(request.user, last)[0].key))

    @own_page("workspace/switch/", "switch")
    def switch_view(self, request: HttpRequest) -> HttpResponse:
        """To another cohort, on the tab where they are, where that cohort has it for them."""
        if not workspace.has_workspace(request.user):
            raise Http404
        if request.method != "POST":
            return self._choices(request, " ".join(request.GET.get("q", "").split())[:100])
        chosen = request.POST.get("cohort", "")
        subject = self._subject(request, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
        tabs = {tab.key: tab for tab in workspace.tabs_of(request.user, subject)}
        workspace.remember(request, subject.pk)
        tab = tabs.get(request.POST.get("tab", "")) or next(iter(tabs.values()))
        return HttpResponseRedirect(workspace.leads_to(tab, subject))

    def _choices(self, request: HttpRequest, q: str) -> HttpResponse:
        found, more = workspace.choices_of(request, q)
        tab = request.GET.get("tab", "")
        return self.page(
            request, "admin/workspace_switch.html", title="Switch cohort", choices=found, more=more, q=q, tab=tab
        )

    @own_page("workspace/<int:pk>/<slug:tab>/", "tab")
    def tab_view(self, request: HttpRequest, pk: int, tab: str) -> HttpResponse:
        subject = self._subject(request, pk)
        shown = next((one for one in workspace.tabs_of(request.user, subject) if one.key == tab), None)
        if shown is None:
            raise Http404
        workspace.note(request, subject.pk)
        if onward := (shown.address or shown.onward)(subject):
            return HttpResponseRedirect(onward)
        if tab == "overview":
            return self._overview(request, subject)
        sections = render_sections("cohort_admin", request, subject, shown.sections)
        return self.page(
            request,
            "admin/workspace.html",
            title=shown.title,
            workspace_of=subject,
            sections=sections,
            to_do=self._waiting(request, subject, shown.models),
            ways=workspace.ways_of(request.user, subject, tab),
        )

    def _overview(self, request: HttpRequest, subject: Cohort) -> HttpResponse:
        return self.page(
            request,
            "admin/workspace_overview.html",
            title="Overview",
            workspace_of=subject,
            sections=render_sections("cohort_overview", request, subject),
            to_do=self._waiting(request, subject),
        )

    @own_page("<int:pk>/ready/", "ready")
    def ready_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the cohort still needs before people can apply for it, and where that is put right."""
        subject = cohort_or_404(request, pk)
        user = request.user
        stages = [
            (
                stage,
                [
                    (
                        point._replace(url=with_way_back(point.url, request.path)),
                        "" if may(user, point.permission, subject) else who_may(point.permission),
                    )
                    for point in stage.points
                ],
            )
            for stage in stages_of(subject)
        ]
        points = [point for stage, _ in stages for point in stage.points]
        others = any(whose and not point.done for _, found in stages for point, whose in found)
        publish_now = cohorts.publish.is_offered(user, subject)
        return self.page(
            request,
            "admin/cohorts/ready.html",
            title="Getting ready",
            workspace_of=subject,
            stages=stages,
            number=len(points),
            there=sum(point.done for point in points),
            needed=[point for point in points if point.needed and not point.done],
            publish=self.address_of(cohorts.publish, subject) if publish_now else "",
            ask=self.address_of(ask_colleague, subject) if others and ask_colleague.is_offered(user, subject) else "",
            trail_to=[(str(subject), "")],
        )

    # -- what waits ----------------------------------------------------------------------------

    def _waiting(self, request: HttpRequest, subject: Cohort, labels: Iterable[str] = ()) -> list[dict[str, Any]]:
        """What waits of this cohort, of these models or of all, each with the list of just these rows, and the button that does
        it for all of them where there is one."""
        wanted = set(labels)
        rows = []
        for model in models_that_wait():
            if (not wanted or model._meta.label in wanted) and self._is_narrowed(model):
                rows.append(self._mine(request, model, subject))
        lines = [line for line in to_do_of(rows, f"{PARAMETER}={subject.pk}") if line.number]
        return [{"line": line, **self._button(request, subject, line)} for line in lines]

    def _mine(self, request: HttpRequest, model: Any, subject: Cohort) -> Any:
        """The cohort's rows of a model that this person sees."""
        return model._default_manager.visible_to(request.user).filter(**{scope_of(model).cohort: subject.pk})

    def _is_narrowed(self, model: Any) -> bool:
        """Has the model's list the filter by cohort, so that the number leads to as many rows?"""
        if not scope_of(model).cohort:
            return False
        given = self.admin_site.get_model_admin(model).list_filter
        return PARAMETER in [getattr(one, "parameter_name", None) for one in given]

    def _button(self, request: HttpRequest, subject: Cohort, line: ToDo) -> dict[str, Any]:
        step = next((one for one in steps_of(line.model) if one.name == line.name and one.bulk), None)
        own: Any = self.admin_site.get_model_admin(line.model)
        if step is None or not own.may_take(request, step):
            return {}
        model = f"{line.model._meta.app_label}-{line.model._meta.model_name}"
        url = reverse("admin:cohorts_cohort_do", args=[subject.pk, model, line.name])
        return {"label": step.label, "do": url}

    @own_page("workspace/<int:pk>/do/<slug:model>/<slug:name>/", "do")
    def do_view(self, request: HttpRequest, pk: int, model: str, name: str) -> HttpResponse:
        """On with everything that waits for one step to the page before it: nothing happens yet."""
        subject = self._subject(request, pk)
        kind = next((m for m in models_that_wait() if f"{m._meta.app_label}-{m._meta.model_name}" == model), None)
        step = next((one for one in steps_of(kind) if one.name == name and one.bulk), None) if kind else None
        own: Any = self.admin_site.get_model_admin(kind) if kind else None
        if request.method != "POST" or kind is None or step is None or not own.may_take(request, step):
            raise Http404
        if name not in waiting_of(kind):
            raise Http404
        rows = waiting_of(kind)[name].rows(self._mine(request, kind, subject))
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            messages.info(request, "Nothing waits for this any more: a colleague was quicker.")
            return HttpResponseRedirect(workspace.address_of(subject))
        found: HttpResponse = own.many_page(request, step, ids)
        return found
