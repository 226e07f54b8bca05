"""The queue: every application of the person's cohorts, and the way to everything that can be done with one."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.db.models import Avg, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.templatetags.unfold_list import result_headers

from applications.admin import export as export_rows
from applications.admin import filters
from applications.admin.allocating import AllocationMixin
from applications.admin.deciding import DecidingMixin
from applications.admin.page import INTERVIEWS, page_of
from applications.admin.pieces import FEE_TAGS, NO_FEE, TAGS, number
from applications.admin.stepping import SteppingMixin
from applications.models import Application, Criterion, Review
from applications.states import ReviewStatus
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import OfferedList, ScopedAdmin
from steppingup.files.serving import serve
from steppingup.formats import english
from steppingup.site import export

SUBMITTED = Review.objects.filter(application=OuterRef("pk"), status=ReviewStatus.SUBMITTED).order_by()
BY_APPLICATION = SUBMITTED.values("application")
MEAN = Subquery(BY_APPLICATION.annotate(mean=Avg("total")).values("mean"))
SPREAD = Subquery(BY_APPLICATION.annotate(spread=Max("total") - Min("total")).values("spread"))


class QueueList(OfferedList):
    """Adds the reviews to the rows of the page that is shown, in one query, and to no others."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = list(self.result_list)
        reviews = Review.objects.active().filter(application__in=shown).order_by().values("application")
        columns = {
            "given": Count("pk", filter=Q(status=ReviewStatus.SUBMITTED)),
            "active": Count("pk"),
            "mean": Avg("total"),
            "spread": Max("total") - Min("total"),
        }
        found = {pk: scores for pk, *scores in reviews.annotate(**columns).values_list("application", *columns)}
        for application in shown:
            application.scores = found.get(application.pk, (0, 0, None, None))
        self.result_list = shown


@admin.register(Application)
class ApplicationAdmin(SteppingMixin, AllocationMixin, DecidingMixin, ScopedAdmin):
    """Coordinators see names and decide. Assessors have a page of their own; finance sees agreements, not applications."""

    view_permission = Permission.SEE_APPLICATIONS
    change_permission = None
    provider_path = "cohort__programme__provider"
    list_per_page = 50
    list_fullwidth = True
    list_display = ("person", "works_for", "state", "submitted", "reviews_done", "mean", "spread", "fee")
    list_display_links = ("person",)
    list_filter: ClassVar[Any] = filters.ALL
    list_select_related = ("employer", "fee_agreement", "cohort__window")
    search_fields = ("reference", "full_name", "applicant__email", "applicant__full_name")
    search_help_text = "Name, email address or reference"
    ordering = ("-submitted_at", "-pk")
    actions = ("allocate_selected", "decide_selected")
    change_list_template = "admin/applications/queue.html"

    # -- the list ------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DjangoChangeList]:
        return QueueList

    def scope(self, request: HttpRequest, queryset: Any) -> QuerySet[Application]:
        return queryset.for_staff(request.user, self.view_permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """What an applicant has not submitted is nobody's business."""
        return super().get_queryset(request).submitted()

    @admin.display(description="Name", ordering="full_name")
    def person(self, application: Application) -> str:
        return application.full_name

    @admin.display(description="Employer", ordering="employer__name")
    def works_for(self, application: Application) -> str:
        return str(application.employer.name if application.employer else application.employer_name)

    @admin.display(description="Status", ordering="status")
    def state(self, application: Application) -> str:
        return TAGS[application.status]

    @admin.display(description="Submitted", ordering="submitted_at")
    def submitted(self, application: Application) -> str:
        return english.day_date(application.submitted_at)

    @admin.display(description="Reviews")
    def reviews_done(self, application: Any) -> str:
        window = getattr(application.cohort, "window", None)
        return f"{application.scores[0]} of {max(window.assessors_each if window else 0, application.scores[1])}"

    @admin.display(description="Mean", ordering=MEAN)
    def mean(self, application: Any) -> str:
        return number(application.scores[2])

    @admin.display(description="Spread", ordering=SPREAD)
    def spread(self, application: Any) -> str:
        given, _, _, spread = application.scores
        return number(spread) if given > 1 else ""

    @admin.display(description="Fee", ordering=F("fee_agreement__status"))
    def fee(self, application: Application) -> str:
        return FEE_TAGS[application.fee_agreement.status] if application.fee_agreement else NO_FEE

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        kind = request.GET.get("export")
        if not kind:
            response = super().changelist_view(request, {"can_export": True, **(extra_context or {})})
            shown = getattr(response, "context_data", None)
            if shown and "cl" in shown:
                shown["headers"] = [h for h in result_headers(shown["cl"]) if "action-toggle" not in str(h["text"])]
                shown["queue_rows"] = self.rows(shown["cl"])
            return response
        if kind not in export.FORMATS or not self.has_view_permission(request):
            raise Http404
        chosen = self.rows_as_filtered(request)
        programmes = chosen.order_by().values("cohort__programme").distinct()
        criteria = list(Criterion.objects.filter(programme__in=programmes).order_by("programme", "order", "pk"))
        rows = export_rows.rows(chosen, criteria)
        return export.export(kind, "applications", export_rows.columns(criteria), rows)

    def rows(self, changes: DjangoChangeList) -> list[dict[str, Any]]:
        """What the template prints: the columns, worked out once for each row."""
        address = reverse("admin:applications_application_change", args=[0])
        return [
            {
                "pk": application.pk,
                "reference": application.reference,
                "cohort": application.cohort.name,
                "url": address.replace("/0/", f"/{application.pk}/"),
                **{name: getattr(self, name)(application) for name in self.list_display},
            }
            for application in changes.result_list
        ]

    # -- one application -----------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/cv/", self.admin_site.admin_view(self.cv_view), name="applications_application_cv")
        return [own, *super().get_urls()]

    def find(self, request: HttpRequest, pk: int | str) -> Application:
        """Fetched through the access rule: strangers get 404."""
        if not str(pk).isdecimal():
            raise Http404
        related = (
            "applicant__organisation",
            "employer",
            "cohort__programme__provider",
            "cohort__window",
            "fee_agreement__source",
            "cv",
            "decided_by",
            "access_needs",
        )
        rows = self.get_queryset(request).select_related(*related).prefetch_related(INTERVIEWS)
        found = rows.filter(pk=int(pk)).first()
        if found is None:
            raise Http404
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Application:
        return self.find(request, object_id)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Facts to read, and the buttons that are possible now. There is nothing to edit here."""
        application = self.find(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{application.full_name or application.applicant} · {application.reference}",
            "steps": self.steps_for(request, application),
            **page_of(application, steps_of_review=partial(self.review_steps_for, request, application)),
        }
        return TemplateResponse(request, "admin/applications/application.html", context)

    def may_decide(self, request: HttpRequest, application: Application) -> bool:
        """By role; and nobody decides about their own application."""
        mine = application.applicant_id == request.user.pk
        return not mine and self.allows(request, Permission.DECIDE_APPLICATIONS, application)

    def cv_view(self, request: HttpRequest, pk: int) -> FileResponse:
        application = self.find(request, pk)
        if application.cv is None:
            raise Http404
        return serve(application.cv)
