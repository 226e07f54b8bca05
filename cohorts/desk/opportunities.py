"""Opportunities that organisations offer a cohort, and who was asked to offer them (L6)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest

from cohorts.actions import opportunities
from cohorts.actions.placements import part_with_hosts
from cohorts.desk.filters import CohortFilter
from cohorts.models import Cohort, Component, Opportunity, OpportunityInvitation
from cohorts.permissions import CohortPermission
from cohorts.states import Recording
from cohorts.states.opportunities import OpportunityStatus
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column


class OpportunityForm(forms.ModelForm):
    """What an organisation offers. The part of the plan is asked where the cohort has several."""

    class Meta:
        model = Opportunity
        fields = ("cohort", "component", "host", *opportunities.SAID)
        help_texts = {
            "component": "Only where the cohort's plan has several assignments.",
            "description": "Participants read this.",
            "supervisor_name": "Whom the participant works with there. Participants do not see it before the assignment is agreed.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "component" in self.fields:
            field: Any = self.fields["component"]
            field.required = False
            field.label_from_instance = lambda part: f"{part.title} ({part.plan})"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (cohort := values.get("cohort")) and self.instance.pk is None:
            try:
                values["component"] = part_with_hosts(cohort, values.get("component"))
            except NotPossible as refused:
                self.add_error("component" if refused.field == "component" else "cohort", str(refused))
        return values


@admin.register(Opportunity)
class OpportunityAdmin(SteppedAdmin):
    """What is offered: looked at, opened to participants, withdrawn by steps."""

    change_permission = CohortPermission.RUN_COHORTS
    form = OpportunityForm
    fixed_fields = ("cohort", "component", "host")
    list_display = ("title", "host", "component", "kind", "places", "working_pattern", "starts_on", "status_label")
    list_filter = (CohortFilter, "status", "kind", "host")
    search_fields = ("title", "description", "host__name", "place", "supervisor_name", "supervisor_email")
    list_select_related = ("host", "component", "cohort__programme")
    ordering = ("-offered_at", "-pk")
    autocomplete_fields = ("host",)
    readonly_fields = ("offered_at", "offered_by", "withdrawn_because")
    fieldsets = (
        (None, {"fields": ("cohort", "component", "host", "title", "kind", "description", "learning")}),
        ("Where and when", {"fields": ("place", "working_pattern", "places", ("starts_on", "ends_on"))}),
        (
            "Needed before it begins",
            {
                "fields": (
                    ("needs_dbs", "needs_induction"),
                    ("needs_insurance", "needs_confidentiality"),
                    "other_checks",
                )
            },
        ),
        ("The supervisor", {"fields": ("supervisor_name", ("supervisor_email", "supervisor_phone"))}),
        ("History", {"fields": ("offered_at", "offered_by", "withdrawn_because")}),
    )
    export_columns = (
        Column("Cohort", "cohort"),
        Column("Part", "component__title"),
        Column("Opportunity", "title"),
        Column("Kind", "get_kind_display"),
        Column("Host", "host__name"),
        Column("What it is about", "description"),
        Column("What one would learn", "learning"),
        Column("Where", "place"),
        Column("Pattern", "working_pattern"),
        Column("For how many", "places"),
        Column("From", "starts_on"),
        Column("To", "ends_on"),
        Column("Needed before", "checks_in_words"),
        Column("Supervisor", "supervisor_name"),
        Column("Supervisor's email", "supervisor_email"),
        Column("Supervisor's telephone", "supervisor_phone"),
        Column("Status", "get_status_display"),
        Column("Offered", "offered_at"),
        Column("Why withdrawn", "withdrawn_because"),
    )

    status_label = column(
        "Status",
        lambda one: OpportunityStatus(one.status).label,
        "status",
        colours={
            OpportunityStatus.OFFERED.label: "warning",
            OpportunityStatus.OPEN.label: "success",
            OpportunityStatus.WITHDRAWN.label: "info",
        },
    )
    offered_by = column(
        "Offered by", lambda one: f"{one.invitation.name}, by a link" if one.invitation else "Entered by staff"
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "component":
            cohorts = Cohort.objects.visible_to(request.user)
            found = Component.objects.filter(recording=Recording.HOST, plan__cohorts__in=cohorts)
            kwargs["queryset"] = found.select_related("plan__programme").distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Opportunity, form: ModelForm, change: bool) -> None:
        said = {name: getattr(obj, name) for name in opportunities.SAID}
        try:
            if change:
                changed = {name: value for name, value in said.items() if name in form.changed_data}
                opportunities.change(opportunity=obj, by=request.user, **changed)
            else:
                saved = opportunities.enter(
                    cohort=obj.cohort, component=obj.component, host=obj.host, by=request.user, **said
                )
                obj.pk = saved.pk
        except NotPossible as sentence:  # the form has looked already; this is what changed in between
            messages.error(request, str(sentence))


ENDED = {
    "no": ("Works", lambda rows: rows.open()),
    "yes": ("Ended", lambda rows: rows.exclude(ended_at=None)),
}


@admin.register(OpportunityInvitation)
class OpportunityInvitationAdmin(SteppedAdmin):
    """Who was asked by a link. The link is sent anew, or ended, by steps."""

    adds = False
    list_display = ("name", "organisation", "cohort", "email", "asked_at", "offered", "state")
    list_filter = (CohortFilter, choose("link", "ended", ENDED))
    search_fields = ("name", "email", "organisation__name")
    list_select_related = ("organisation", "cohort__programme", "component")
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("organisation", "name", "email", "cohort", "component", "message"),
        *("asked_at", "asked_by", "ended_at", "offered"),
    )
    export_columns = (
        Column("Organisation", "organisation__name"),
        Column("Name", "name"),
        Column("Email", "email"),
        Column("Cohort", "cohort"),
        Column("Part", "component__title"),
        Column("Asked", "asked_at"),
        Column("Offered", lambda one: _offered(one)),
        Column("Ended", "ended_at"),
    )

    offered = column("Offered", lambda one: _offered(one))
    state = column("Link", lambda one: "Ended" if one.ended_at else "Works", colours={"Works": "success"})

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("opportunities")


def _offered(one: OpportunityInvitation) -> str:
    return (
        english.counted(len(one.opportunities.all()), "opportunity", "opportunities")
        if one.opportunities.all()
        else "Nothing yet"
    )
