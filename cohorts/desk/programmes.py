"""What a coordinator sets up: programmes, plans of days, partners."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline

from cohorts.actions import plans
from cohorts.actions.directory_sharing import said_of
from cohorts.actions.programmes import start
from cohorts.desk import guide
from cohorts.desk.plan_forms import AimForm, BarrierForm, BarrierFormSet, ComponentForm, ComponentFormSet, PlanForm
from cohorts.desk.programme_forms import DocumentForm, ProgrammeForm
from cohorts.extensions import plan_agreed, went_on
from cohorts.models import (
    Aim,
    Barrier,
    Component,
    DestinationMoment,
    NextProgramme,
    Partner,
    Plan,
    Programme,
    ProgrammeDocument,
)
from cohorts.models.directory import whose
from cohorts.permissions import CohortPermission
from cohorts.programme_files import writing
from steppingup.accounts.actors import holds_everywhere
from steppingup.accounts.models import Organisation
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import FollowsParent, ScopedAdmin, own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.desk.versions import PartInline, WithParts
from steppingup.files.names import disposition
from steppingup.formats import english
from steppingup.history.versions import Copies
from steppingup.site.export import Column

EDIT = CohortPermission.EDIT_PROGRAMMES


def starting_points(user: Any) -> list[tuple[str, str]]:
    """Where somebody begins a programme from another one, or from a file: words and address, for each provider of theirs."""
    held = Organisation.objects.providers_of(user, EDIT).order_by("name")
    providers = [one for one in held if holds_everywhere(user, EDIT, one.pk)]
    words = "Start from another, or from a file"
    return [
        (
            f"{words}: {one}" if len(providers) > 1 else words,
            reverse("admin:accounts_organisation_step", args=[one.pk, start.name]),
        )
        for one in providers
    ]


class DocumentInline(FollowsParent, TabularInline):
    """Brochures and guides to read on the programme's page (B20)."""

    model = ProgrammeDocument
    form = DocumentForm
    related = ("file",)
    verbose_name = "brochure or guide"
    verbose_name_plural = "brochures and guides"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("DocumentForm", (DocumentForm,), {"by": request.user})
        return super().get_formset(request, obj, **{"form": form, **kwargs})


class NextInline(FollowsParent, TabularInline):
    """What graduates may go on to (C3): programmes of one's own, and those of others that are on the site."""

    model = NextProgramme
    fk_name = "programme"
    fields = ("to", "words", "order")
    verbose_name = "programme that comes next"
    verbose_name_plural = "what comes next: programmes for those who have completed this one"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "to":
            found = Programme.objects.published() | Programme.objects.visible_to(request.user, EDIT)
            kwargs["queryset"] = found.select_related("provider").order_by("name", "provider__name", "pk")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "to":
            field.label_from_instance = whose
        return field


class MomentInline(FollowsParent, TabularInline):
    """When graduates are asked where they are (B58). Whoever was to be asked over half a year ago is not."""

    model = DestinationMoment
    fields = ("months",)
    extra = 0


def as_file(tables: dict[str, Any], name: str) -> HttpResponse:
    """A programme, or a part of one, to be downloaded."""
    headers = {"Content-Disposition": disposition(name, "toml")}
    return HttpResponse(writing.as_text(tables, name), content_type="application/toml", headers=headers)


def _where_written(programme: Programme) -> SafeString:
    """These texts follow from the rules, so that cohorts can differ, and next year’s do not rewrite this year’s."""
    add = f"{reverse('admin:cohorts_ruleset_add')}?programme={programme.pk}"
    rules = [
        (reverse("admin:cohorts_ruleset_change", args=[one.pk]), one.name)
        for one in programme.rule_sets.offered().order_by("name")
    ]
    links = format_html_join(", ", '<a class="su-link" href="{}">{}</a>', rules or [(add, "add some")])
    return format_html("Written in the admission rules: {}", links)


@admin.register(Programme)
class ProgrammeAdmin(SteppedAdmin):
    """A programme and its texts."""

    form = ProgrammeForm

    change_permission = EDIT
    fixed_fields = ("provider",)
    list_display = ("name", "provider", "region", "is_published")
    search_fields = ("name", "summary")
    list_filter = ("is_published",)
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    inlines = (DocumentInline, NextInline, MomentInline)
    readonly_fields = ("by_rules", "shared_with", "after_it")
    export_columns = (Column("Programme", "name"), Column("Provider", "provider__name"), Column("Region", "region"))
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "provider",
                    "name",
                    "slug",
                    "reference_prefix",
                    "summary",
                    "region",
                    "nation",
                    "reach",
                    "is_published",
                )
            },
        ),
        ("Texts", {"fields": ("about", "after_the_programme", "by_rules")}),
        ("Certificate", {"fields": ("certificate_says",)}),
        (
            "Directory of participants and graduates",
            {"fields": ("directory", "directory_months", "directory_letters", "shared_with")},
        ),
        (
            "Calendars",
            {
                "fields": ("session_notice", "sends_invitations"),
                "description": "Once you switch invitations off, an email takes each session to come out of participants’ calendars, as nobody "
                "would keep it right there.",
            },
        ),
        (
            "Coaching, and mentors at work",
            {"fields": ("coaching_at_once", ("coaching_reminder_days", "coaching_answer_days"), "mentors_at_work")},
        ),
        ("Graduates", {"fields": ("photograph_days", "after_it")}),
        ("Contact", {"fields": ("contact_email", "contact_phone")}),
    )

    by_rules = column(
        "Who can apply, and how it is funded",
        lambda one: _where_written(one) if one.pk else "In its admission rules, once it is saved",
    )
    after_it = column("Who went on", lambda one: " ".join(sum(went_on(one), [])) if one.pk else "")
    shared_with = column(
        "Shared with programmes of other providers", lambda one: said_of(one) if one.pk else "Once it is saved"
    )

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        download = link_button("Download as a file", reverse("admin:cohorts_programme_file", args=[subject.pk]))
        return [*super().buttons(request, subject), download]

    @own_page("guide/", "guide")
    def guide_view(self, request: HttpRequest) -> HttpResponse:
        """From an empty site to an open cohort (cohorts.desk.guide)."""
        user = signed_in(request)
        providers = Organisation.objects.providers_of(user, EDIT).order_by("name")
        if not (user.is_superuser or providers):
            raise Http404
        return self.page(
            request, "admin/cohorts/guide.html", title="Getting started", guides=guide.guides_for(user, providers)
        )

    @own_page("<int:pk>/file/", "file")
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that a file says of a programme: rules, plans, terms, and cohorts as a pattern. Nobody's name is in it."""
        programme = self.get_object(request, str(pk))
        if programme is None or not self.has_view_permission(request, programme):
            raise Http404
        return as_file(writing.programme(programme, signed_in(request)), programme.name)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "tools": starting_points(request.user)})


class ComponentInline(PartInline, StackedInline):
    model = Component
    form = ComponentForm
    formset = ComponentFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The barriers of the plan are read once for all forms of the page."""
        form = type("ComponentForm", (ComponentForm,), {"plan": obj.pk if obj else None, "known": {}})
        return super().get_formset(request, obj, **{"form": form, **kwargs})

    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "kind"),
                    ("recording", "mode"),
                    ("unit", "order"),
                    ("least", "most"),
                    ("meetings", "days_each"),
                    "description",
                    "works_on",
                )
            },
        ),
        (
            "Hours and minutes, hosts and mentors, peer groups",
            {
                "classes": ("collapse",),
                "fields": (
                    ("minutes_each", "minutes_per_day"),
                    ("counterpart", "host_confirms", "in_groups"),
                    ("week_least", "week_most"),
                ),
            },
        ),
    )


class AimInline(PartInline, TabularInline):
    """What the programme is to achieve, in its own words (N10)."""

    model = Aim
    form = AimForm
    fields = ("kind", "text", "order")
    hide_title = True


class BarrierInline(PartInline, TabularInline):
    """What stands in people's way, by theme (N9, L1)."""

    model = Barrier
    form = BarrierForm
    formset = BarrierFormSet
    fields = ("theme", "text", "order")
    hide_title = True


@admin.register(Plan)
class PlanAdmin(WithParts, SteppedAdmin):
    """A plan of days: components whose days add up (B4). Once somebody is enrolled by it, a change makes the next version."""

    change_permission = EDIT
    form = PlanForm
    fieldsets = (
        (None, {"fields": ("programme", "name", "is_offered")}),
        (
            "Looking ahead and looking back",
            {
                "classes": ("collapse",),
                "description": "People see themselves against the aims, benefits and barriers below: once before the programme and once "
                "after it. Nobody but they themselves sees what they say; you see it added up.",
                "fields": (("scale", "barrier_scale"), ("before_days", "midway_days", "after_days")),
            },
        ),
    )
    fixed_fields = ("programme",)  # cohorts follow it
    list_display = ("name", "programme", "total_days", "version", "is_offered")
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    inlines = (ComponentInline, AimInline, BarrierInline)
    export_columns = (
        Column("Plan", "name"),
        Column("Programme", "programme__name"),
        Column("Days at least", lambda plan: english.trimmed(plan.least_days)),
        Column("Days", lambda plan: english.trimmed(plan.days)),
        Column("Version", "version"),
        Column("Offered", "is_offered"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return super().get_queryset(request).prefetch_related("components")

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        download = link_button("Download as a file", reverse("admin:cohorts_plan_file", args=[subject.pk]))
        return [*super().buttons(request, subject), download]

    @own_page("<int:pk>/file/", "file")
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """This plan as a file, to be changed and uploaded on the page of a programme."""
        plan = self.get_object(request, str(pk))
        if plan is None or not self.has_view_permission(request, plan):
            raise Http404
        return as_file({"plans": [writing.plan(plan)]}, f"{plan.programme.name}, {plan.name}")

    def consequences(self, obj: Plan) -> list[str]:
        begun: Any = obj.cohorts.annotate(number=Count("enrolments")).order_by("starts_on")
        said = [
            f"{english.counted(one.number, 'person has', 'people have')} joined {one.name} by this version. Their days, what they "
            "have done and what they still need stay as they are."
            for one in begun
            if one.number
        ]
        changing = [one for one in begun if not one.number]
        names = english.listed([one.name for one in changing])
        if obj.is_frozen:
            on = f"for {names}" if names else "for the next cohort that you create"
            said.append(f"Your changes become version {obj.version + 1}, {on}.")
        else:
            where = f"Your changes hold for {names} at once." if names else "No cohort follows this plan yet."
            said.append(f"Nobody is on the programme by this plan yet. {where}")
        return [*said, *(sentence for one in changing for sentence in plan_agreed(one) if sentence)]

    def revise(self, request: HttpRequest, obj: Plan, removed: Collection[Model]) -> tuple[Plan, Copies]:
        return plans.revise(plan=obj, by=signed_in(request))

    total_days = column("Days", lambda plan: plan.days_in_words.removesuffix(" days").removesuffix(" day"))


@admin.register(Partner)
class PartnerAdmin(ScopedAdmin):
    """Organisations that pledged to release staff, and their policies (B3, B59)."""

    deletes = True
    change_permission = EDIT
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
