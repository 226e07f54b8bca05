"""Cohorts: their places, fee, dates and rules, what can be done with them, and how every part of them stands."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from cohorts.actions import plans, rules
from cohorts.actions.confirming import has_unconfirmed
from cohorts.actions.opportunities import facts_of_hosts
from cohorts.assessing.windows import facts_of_cohorts
from cohorts.desk.assessing import AssessingMixin
from cohorts.desk.destinations import DestinationsMixin
from cohorts.desk.glance import GlanceMixin
from cohorts.desk.moved_on import MovedOnMixin
from cohorts.desk.plan_needs import PlanNeedsMixin
from cohorts.desk.programme_forms import CohortForm, PlainNumbers
from cohorts.desk.workspace import WorkspaceMixin
from cohorts.extensions import fee_agreed, read_along, rules_agreed
from cohorts.models import Cohort, CompletionRule, Component, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import COHORT_OVER, HAS_BEGUN, HOLDS_A_PLACE
from steppingup.accounts.actors import holds_everywhere
from steppingup.accounts.requests import kept_with, signed_in
from steppingup.accounts.scope import contests_of
from steppingup.desk import workspace
from steppingup.desk.admin import FollowsParent
from steppingup.desk.lists import column
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
            field.queryset = rows = Component.objects.filter(plan__cohorts=cohort_id).distinct()
            # As a list, so that the rules of a cohort ask for them once together; Unfold has words of its own for “none”.
            parts = kept_with(request, f"parts-{cohort_id}", lambda: [(one.pk, str(one)) for one in rows])
            field.choices = [("", "the whole plan"), *parts]
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever is enrolled keeps the rules of that moment."""
        return super().has_change_permission(request, obj) and not (obj and obj.completion_settled_at)

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(Cohort)
class CohortAdmin(AssessingMixin, DestinationsMixin, GlanceMixin, MovedOnMixin, PlanNeedsMixin, WorkspaceMixin):
    """A cohort: its workspace, and as its settings its places, fee and dates, and what can be done with it now."""

    form = CohortForm
    change_permission = EDIT
    list_display = ("called", "programme", "state", "places", "fee_shown", "cost_shown", "starts_on", "ends_on")
    search_fields = ("name", "programme__name")
    list_filter = ("status", "programme")
    list_display_links = None
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    inlines = (CompletionRuleInline,)
    filter_horizontal = ("limited_roles",)
    export_columns = (
        Column("Cohort", "name"),
        Column("Programme", "programme__name"),
        Column("Status", "get_status_display"),
        Column("Places", "capacity"),
        Column("Fee", "fee"),
        Column("Cost of a place", "cost"),
        Column("Starts on", "starts_on"),
        Column("Ends on", "ends_on"),
    )
    fieldsets = (
        (None, {"fields": ("programme", "plan", "rule_set", "name", "slug", "status")}),
        ("Places and money", {"fields": ("capacity", ("fee", "cost"))}),
        ("Dates", {"fields": ("starts_on", "ends_on", "venue")}),
        ("Who may see it", {"fields": ("limited_roles",), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        taken = Count("enrolments", filter=Q(enrolments__status__in=HOLDS_A_PLACE), distinct=True)
        anybody = Exists(Enrolment.objects.filter(cohort=OuterRef("pk")))
        rows = super().get_queryset(request).for_steps().select_related("rule_set__programme", *read_along())
        return rows.annotate(
            places_taken=taken, has_people=anybody, **facts_of_cohorts(), **facts_of_hosts(), **has_unconfirmed()
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Cohort | None:
        """Read once for a page that is only shown: for its buttons and for its form."""
        read = partial(super().get_object, request, object_id, from_field)
        return kept_with(request, f"cohort-{object_id}", read) if request.method == "GET" else read()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A cohort stays with its programme, and once somebody has a place, with its plan. Whose own role is limited to
        some cohorts changes nobody's limits, and who applies for this one does not choose who judges."""
        given = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return [*given, "limited_roles"]
        given += ["programme", "plan"] if obj.has_people else ["programme"]
        if obj.status in COHORT_OVER:
            given += ["capacity", "fee", "cost"]
        competes = any(one.cohort == obj.pk for one in contests_of(request.user))
        if obj.admission_began_at or competes:
            given.append("rule_set")
        limits = holds_everywhere(request.user, EDIT, obj.programme.provider_id) and not competes
        return given if limits else [*given, "limited_roles"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With what stands because people were told it, and what a change would do."""
        (title, first), (_, money), *rest = super().get_fieldsets(request, obj)
        said = " ".join(filter(None, fee_agreed(obj))) if obj else ""
        if obj and obj.status in COHORT_OVER:
            said = "The cohort is over, so its places, its fee and its cost stay as they were."
        stands = ""
        if obj and obj.has_people:
            rules = " and completion rules" if obj.completion_settled_at else ""
            stands = (
                f"People are on this cohort, so its plan{rules} stay as they are. For one person you can waive a rule on "
                "their page. Next year’s cohort can have others."
            )
        if obj and obj.admission_began_at:
            stands = f"{stands} People have applied, so the admission rules stay as they were when they did.".strip()
        elif obj:
            stands = " ".join(filter(None, [stands, *rules_agreed(obj)]))
        if obj and obj.status in HAS_BEGUN and not obj.admission_began_at:  # nobody applied by them, and nobody will
            first = first | {"fields": tuple(name for name in first["fields"] if name != "rule_set")}
        return [
            (title, first | {"description": stands}),
            ("Places and money", money | {"description": said}),
            *rest,
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A cohort is given a plan and admission rules that are offered, or keeps those that it has."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in ("plan", "rule_set") and field is not None:
            own = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            had = Q(cohorts__pk=own) if own and own.isdecimal() else Q(pk=None)
            field.queryset = field.queryset.filter(Q(replaced_at=None, is_offered=True) | had).distinct()
        return field

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Another plan takes along what is named of the old one, and other admission rules whoever has begun to apply."""
        if change and "rule_set" in form.changed_data:
            rules.choose(cohort=obj, rules=obj.rule_set, by=signed_in(request))
        if change and "plan" in form.changed_data:
            request.parts_of_plan = plans.follow(cohort=obj, plan=obj.plan, by=signed_in(request))  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        parts: dict[int, int] = getattr(request, "parts_of_plan", {})
        for one in formset.forms:
            if isinstance(one.instance, CompletionRule) and one.instance.component_id in parts:
                one.instance.component_id = parts[one.instance.component_id]
        super().save_formset(request, form, formset, change)

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
            return f"{reverse('admin:cohorts_session_changelist')}?cohort={subject.pk}"
        return workspace.address_of(result if isinstance(result, Cohort) else subject)

    called = column(
        "Name",
        lambda cohort: format_html('<a class="su-link" href="{}">{}</a>', workspace.address_of(cohort), cohort.name),
        "name",
    )
    fee_shown = column("Fee", lambda cohort: english.pounds(cohort.fee), "fee")
    cost_shown = column("Cost of a place", lambda cohort: english.pounds(cohort.cost), "cost")

    places = column("Places taken", lambda cohort: f"{cohort.places_taken} of {cohort.capacity}", "places_taken")
