"""What a coordinator sets up: programmes, plans of days, cohorts, partners."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from cohorts import messages
from cohorts.actions import cohorts as actions
from cohorts.actions import copying
from cohorts.admin.setup_forms import (
    CohortForm,
    CompletionRuleForm,
    ComponentForm,
    DocumentForm,
    ProgrammeForm,
)
from cohorts.hooks import against_cancelling, on_publishing
from cohorts.models import (
    Cohort,
    CompletionRule,
    Component,
    Partner,
    Plan,
    Programme,
    ProgrammeDocument,
    TargetGroup,
)
from cohorts.states import COHORT, HOLDS_A_PLACE, EnrolmentStatus
from steppingup.accounts.actors import holds_everywhere
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import FollowsParent, ScopedAdmin
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.formats import english
from steppingup.messaging.actions import MessagePreview
from steppingup.site.export import Column

P = Permission


class TargetGroupInline(FollowsParent, TabularInline):
    model = TargetGroup
    extra = 0
    fields = ("name", "statement", "order")


class DocumentInline(FollowsParent, TabularInline):
    """Brochures and guides to read on the programme's page (B20)."""

    model = ProgrammeDocument
    form = DocumentForm
    extra = 0
    verbose_name = "brochure or guide"
    verbose_name_plural = "brochures and guides"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("DocumentForm", (DocumentForm,), {"by": request.user})
        return super().get_formset(request, obj, **{"form": form, **kwargs})

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgrammeDocument]:
        return super().get_queryset(request).select_related("file")


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    """A programme and its texts."""

    form = ProgrammeForm

    view_permission = P.RUN_COHORTS
    change_permission = P.EDIT_PROGRAMMES
    provider_path = "provider"
    list_display = ("name", "provider", "region", "is_published")
    list_select_related = ("provider",)
    search_fields = ("name", "summary")
    list_filter = ("is_published",)
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    inlines = (TargetGroupInline, DocumentInline)
    export_columns = (Column("Programme", "name"), Column("Provider", "provider__name"), Column("Region", "region"))
    fieldsets = (
        (None, {"fields": ("provider", "name", "slug", "summary", "region", "is_published")}),
        ("Texts", {"fields": ("about", "who_can_apply", "how_it_is_funded", "after_the_programme")}),
        ("Learning agreement", {"fields": ("learning_agreement",)}),
        ("Contact", {"fields": ("contact_email", "contact_phone")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A programme stays with its provider."""
        return [*super().get_readonly_fields(request, obj), *(["provider"] if obj else [])]


class ComponentInline(FollowsParent, StackedInline):
    model = Component
    form = ComponentForm
    extra = 0
    fields = (
        ("title", "kind"),
        ("days", "minutes_per_day"),
        ("meetings", "days_each"),
        "description",
        "order",
    )


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    """A plan of days: components whose days add up (B4)."""

    view_permission = P.RUN_COHORTS
    change_permission = P.EDIT_PROGRAMMES
    provider_path = "programme__provider"
    list_display = ("name", "programme", "total_days")
    list_select_related = ("programme",)
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    inlines = (ComponentInline,)
    export_columns = (Column("Plan", "name"), Column("Programme", "programme__name"), Column("Days", "days"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A plan stays with its programme: cohorts follow it."""
        return [*super().get_readonly_fields(request, obj), *(["programme"] if obj else [])]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return super().get_queryset(request).prefetch_related("components")

    @display(description="Days")
    def total_days(self, plan: Plan) -> str:
        return f"{plan.days.normalize():f}"


class CompletionRuleInline(FollowsParent, TabularInline):
    model = CompletionRule
    form = CompletionRuleForm
    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "component" and field is not None:
            cohort_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            field.queryset = Component.objects.filter(plan__cohorts=cohort_id).distinct()
            # As a list, so that the rules of a cohort ask for them once together; Unfold has words of its own for “none”.
            field.choices = [("", "all components together"), *((one.pk, str(one)) for one in field.queryset)]
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompletionRule]:
        return super().get_queryset(request).select_related("component")


class CopyForm(forms.Form):
    """What is different about the copy."""

    name = forms.CharField(
        label="Name of the new cohort", max_length=120, error_messages={"required": "Give the new cohort a name."}
    )
    starts_on = forms.DateField(
        label="It starts on",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Give the day on which it starts.", "invalid": "Give a date."},
    )


def _can(name: str) -> Any:
    return lambda cohort: name in COHORT.possible(cohort.status)


def _meaning_of_publishing(cohort: Cohort) -> str:
    seen = (
        "Everybody can then read about the cohort on the programme's page."
        if cohort.programme.is_published
        else "The programme itself is not on the site, so nobody sees the cohort before you switch that on."
    )
    return " ".join([seen, *on_publishing.about(cohort)])


def _told_of_cancelling(cohort: Cohort) -> list[MessagePreview]:
    people = cohort.enrolments.filter(status=EnrolmentStatus.ENROLLED).select_related("participant")
    return [told for enrolment in people for told in messages.COHORT_CANCELLED.preview(enrolment)]


@admin.register(Cohort)
class CohortAdmin(StepsMixin, ScopedAdmin):
    """A cohort: its places, fee and dates, what can be done with it now, and how every part of it stands."""

    form = CohortForm
    view_permission = P.RUN_COHORTS
    change_permission = P.EDIT_PROGRAMMES
    provider_path = "programme__provider"
    sections_page = "cohort_admin"
    list_display = ("name", "programme", "state", "places", "cost", "starts_on", "ends_on")
    list_select_related = ("programme",)
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
    steps = (
        AdminStep(
            "publish",
            "Publish the cohort",
            actions.publish,
            "cohort",
            P.EDIT_PROGRAMMES,
            _can("publish"),
            strong=True,
            text=_meaning_of_publishing,
        ),
        AdminStep(
            "unpublish",
            "Take it off the site",
            actions.unpublish,
            "cohort",
            P.EDIT_PROGRAMMES,
            _can("unpublish"),
            text="The cohort is no longer shown to visitors. Nothing that people wrote is lost.",
        ),
        AdminStep(
            "start",
            "Start the cohort",
            actions.start,
            "cohort",
            P.RUN_COHORTS,
            _can("start"),
            text="The participants' days begin.",
        ),
        AdminStep(
            "finish",
            "Finish the cohort",
            actions.finish,
            "cohort",
            P.RUN_COHORTS,
            _can("finish"),
            text="The cohort's days are over. You can reopen it.",
        ),
        AdminStep(
            "resume",
            "Reopen the cohort",
            actions.resume,
            "cohort",
            P.RUN_COHORTS,
            _can("resume"),
            text="The cohort is under way again.",
        ),
        AdminStep(
            "copy",
            "Copy for another year",
            copying.copy,
            "cohort",
            P.EDIT_PROGRAMMES,
            lambda cohort: True,
            form_class=CopyForm,
            text="The plan, places, fee, completion rules, application window and modules are copied, on dates that are moved "
            "with the start. People and sessions are not. The copy is in preparation until you publish it.",
            done="This is the copy. Look through its dates and its application window, then publish it.",
        ),
        AdminStep(
            "cancel",
            "Cancel the cohort",
            actions.cancel,
            "cohort",
            P.EDIT_PROGRAMMES,
            _can("cancel"),
            told=_told_of_cancelling,
            text="The cohort does not take place, or not to its end. This cannot be undone.",
            against=lambda cohort: " ".join(against_cancelling.about(cohort)),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        taken = Count("enrolments", filter=Q(enrolments__status__in=HOLDS_A_PLACE), distinct=True)
        return super().get_queryset(request).select_related("programme").annotate(places_taken=taken)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A cohort stays with its programme, and once somebody has a place, with its plan. Whose own role is limited to
        some cohorts changes nobody's limits."""
        given = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return [*given, "limited_roles"]
        given += ["programme", "plan"] if obj.enrolments.exists() else ["programme"]
        whole = holds_everywhere(request.user, P.EDIT_PROGRAMMES, obj.programme.provider_id)
        return given if whole else [*given, "limited_roles"]

    def scope(self, request: HttpRequest, queryset: QuerySet[Cohort]) -> QuerySet[Cohort]:
        return queryset.filter(pk__in=Cohort.objects.for_staff(request.user, self.view_permission).values("pk"))

    @display(
        description="Status",
        ordering="status",
        label={"draft": "warning", "published": "info", "running": "success", "finished": "", "cancelled": "danger"},
    )
    def state(self, cohort: Cohort) -> tuple[str, str]:
        return cohort.status, cohort.get_status_display()

    @display(description="Fee", ordering="fee")
    def cost(self, cohort: Cohort) -> str:
        return english.pounds(cohort.fee)

    @display(description="Places taken", ordering="places_taken")
    def places(self, cohort: Any) -> str:
        return f"{cohort.places_taken} of {cohort.capacity}"


@admin.register(Partner)
class PartnerAdmin(ScopedAdmin):
    """Organisations that pledged to release staff, and their policies (B3, B59)."""

    view_permission = P.RUN_COHORTS
    change_permission = P.EDIT_PROGRAMMES
    provider_path = "programme__provider"
    list_display = ("organisation", "programme", "pledged_on", "is_listed")
    list_select_related = ("organisation", "programme")
    search_fields = ("organisation__name",)
    list_filter = ("programme", "is_listed", "organisation__sector", "organisation__kind")
    export_columns = (
        Column("Organisation", "organisation__name"),
        Column("Programme", "programme__name"),
        Column("Pledged on", "pledged_on"),
        Column("Policy", "policy"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)
