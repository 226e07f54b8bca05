"""Cohorts: their places, fee, dates and rules, what can be done with them, and how every part of them stands."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import TabularInline

from cohorts.desk.programme_forms import CohortForm, PlainNumbers
from cohorts.models import Cohort, CompletionRule, Component
from cohorts.permissions import CohortPermission
from cohorts.states import HOLDS_A_PLACE
from steppingup.accounts.actors import holds_everywhere
from steppingup.desk.admin import FollowsParent
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.jobs.models import Job
from steppingup.site.export import Column

EDIT = CohortPermission.EDIT_PROGRAMMES


class CompletionRuleInline(FollowsParent, TabularInline):
    model = CompletionRule
    form = PlainNumbers
    related = ("component",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "component" and field is not None:
            cohort_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            field.queryset = Component.objects.filter(plan__cohorts=cohort_id).distinct()
            # As a list, so that the rules of a cohort ask for them once together; Unfold has words of its own for “none”.
            field.choices = [("", "the whole plan"), *((one.pk, str(one)) for one in field.queryset)]
        return field


@admin.register(Cohort)
class CohortAdmin(SteppedAdmin):
    """A cohort: its places, fee and dates, what can be done with it now, and how every part of it stands."""

    form = CohortForm
    change_permission = EDIT
    sections_page = "cohort_admin"
    list_display = ("name", "programme", "state", "places", "cost", "starts_on", "ends_on")
    search_fields = ("name", "programme__name")
    list_filter = ("status", "programme")
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    inlines = (CompletionRuleInline,)
    filter_horizontal = ("limited_roles",)
    export_columns = (
        Column("Cohort", "name"),
        Column("Programme", "programme__name"),
        Column("Status", "get_status_display"),
        Column("Places", "capacity"),
        Column("Fee", "fee"),
        Column("Starts on", "starts_on"),
        Column("Ends on", "ends_on"),
    )
    fieldsets = (
        (None, {"fields": ("programme", "plan", "name", "slug", "status")}),
        ("Places and money", {"fields": ("capacity", "fee")}),
        ("Dates", {"fields": ("starts_on", "ends_on", "venue")}),
        ("Who may see it", {"fields": ("limited_roles",), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        taken = Count("enrolments", filter=Q(enrolments__status__in=HOLDS_A_PLACE), distinct=True)
        return super().get_queryset(request).for_steps().annotate(places_taken=taken)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A cohort stays with its programme, and once somebody has a place, with its plan. Whose own role is limited to
        some cohorts changes nobody's limits."""
        given = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return [*given, "limited_roles"]
        given += ["programme", "plan"] if obj.enrolments.exists() else ["programme"]
        return given if holds_everywhere(request.user, EDIT, obj.programme.provider_id) else [*given, "limited_roles"]

    state = column(
        "Status",
        lambda cohort: (cohort.status, cohort.get_status_display()),
        "status",
        colours={"draft": "warning", "published": "info", "running": "success", "finished": "", "cancelled": "danger"},
    )

    def after_step(self, subject: Cohort, result: Any) -> str:
        """To the progress of the certificates that are being made, to the new sessions, or as usual."""
        if isinstance(result, Job):
            return result.get_absolute_url()
        if isinstance(result, list):
            return f"{reverse('admin:cohorts_session_changelist')}?cohort__id__exact={subject.pk}"
        return super().after_step(subject, result)

    cost = column("Fee", lambda cohort: english.pounds(cohort.fee), "fee")

    places = column("Places taken", lambda cohort: f"{cohort.places_taken} of {cohort.capacity}", "places_taken")
