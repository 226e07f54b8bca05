"""Three-way reviews, for whoever runs the cohort: who has signed, for whom they wait, and how long it takes."""

from datetime import timedelta
from statistics import median
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from cohorts.actions.reviews import called
from cohorts.desk.filters import CohortFilter
from cohorts.models import Cohort, ReviewParty, ReviewSignature, ThreeWayReview
from cohorts.permissions import CohortPermission
from cohorts.states import Signatory
from steppingup.accounts.actors import may
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

STATES = {
    "written": ("Being written", lambda rows: rows.to_send()),
    "open": ("To be signed", lambda rows: rows.to_sign()),
    "signed": ("Signed by all three", lambda rows: rows.exclude(signed_at=None)),
    "off": ("Called off", lambda rows: rows.exclude(called_off_at=None)),
}


def _waits_for(row: ThreeWayReview) -> str:
    if row.state != "To be signed":
        return "-"
    return capfirst(english.listed([called(row, role) for role in row.missing]))


def in_days(took: timedelta | None) -> str:
    """“2½ days”, to a quarter; “less than a quarter of a day” below."""
    if took is None:
        return "-"
    hours = round(took.total_seconds() / 3600)
    return english.counted(hours, "hour") if hours < 48 else english.counted(round(hours / 24), "day")


class PartyInline(ReadOnlyInline):
    """Who was asked by a link."""

    model = ReviewParty
    verbose_name_plural = "asked by a link"
    fields = readonly_fields = ("role", "name", "email", "asked_at")
    hide_title = True


class SignatureInline(ReadOnlyInline):
    """Who has signed which words, when and how."""

    model = ReviewSignature
    verbose_name_plural = "signatures"
    fields = readonly_fields = ("role", "name", "round", "signed_at", "how", "text", "digest")
    hide_title = True


@admin.register(ThreeWayReview)
class ReviewAdmin(SteppedAdmin):
    """Every review that looks back on how a participant is doing. Prepared on the participant's page or by themselves."""

    adds = False
    list_display = ("participant", "on", "cohort", "state_shown", "waits_for", "took_shown")
    list_filter = (choose("state", "state", STATES), CohortFilter, "on")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email")
    ordering = ("-on", "-pk")
    inlines = (PartyInline, SignatureInline)
    fieldsets = (
        (None, {"fields": ("participant", "cohort", "on", "state_shown", "waits_for", "took_shown")}),
        ("The words", {"fields": ("went_well", "needed", "agreed")}),
        ("History", {"fields": ("prepared_by", "prepared_at", "sent_at", "signed_at", "called_off_at")}),
    )
    readonly_fields = (
        *("participant", "cohort", "on", "state_shown", "waits_for", "took_shown", "went_well", "needed", "agreed"),
        *("prepared_by", "prepared_at", "sent_at", "signed_at", "called_off_at"),
    )
    export_columns = (
        Column("Participant", "enrolment__participant__full_name"),
        Column("Programme", "enrolment__cohort__programme__name"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("On", "on"),
        Column("Status", "state"),
        Column("Waits for", _waits_for),
        Column("What went well", "went_well"),
        Column("What is needed", "needed"),
        Column("What was agreed", "agreed"),
        Column("Asked for signatures", "sent_at"),
        Column("Signed by all", "signed_at"),
        Column("Time to sign", lambda row: in_days(row.took)),
        Column(
            "Signed by",
            lambda row: "; ".join(f"{one.name} ({Signatory(one.role).in_sentence})" for one in row.standing),
        ),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    cohort = column("Cohort", "enrolment__cohort", "enrolment__cohort__name")
    state_shown = column(
        "Status",
        lambda row: row.state,
        colours={
            "Signed by all three": "success",
            "To be signed": "warning",
            "Being written": "info",
            "Called off": "info",
        },
    )
    waits_for = column("Waits for", _waits_for)
    took_shown = column("Time to sign", lambda row: in_days(row.took))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ThreeWayReview]:
        return super().get_queryset(request).for_steps()


def how_long(*, subject: Cohort, viewer: Any) -> dict[str, Any] | None:
    """On the page of the cohort: how many, and the median from being asked to the last signature."""
    if not may(viewer, CohortPermission.RUN_COHORTS, subject):
        return None
    rows = ThreeWayReview.objects.filter(enrolment__cohort=subject, called_off_at=None).exclude(sent_at=None)
    found = list(rows.order_by().values_list("sent_at", "signed_at"))
    if not found:
        return None
    took = [(signed - sent).total_seconds() for sent, signed in found if sent and signed]
    waits = len(found) - len(took)
    return {"signed": len(took), "waits": waits, "median": in_days(timedelta(seconds=median(took))) if took else ""}
