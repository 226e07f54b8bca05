"""The admin of work in the background: what runs, what was done, and what stopped and may be begun again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from steppingup.accounts.actors import holds, providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.desk.to_do import TEMPLATE, waiting
from steppingup.desk.waiting import NextFilter, to_do_of
from steppingup.jobs.actions import try_again
from steppingup.jobs.handlers import who_is_told
from steppingup.jobs.models import Job
from steppingup.jobs.states import JOB, JobStatus
from steppingup.site.export import Column
from steppingup.site.sections import Section, register
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

LABELS = {
    JobStatus.DONE: "success",
    JobStatus.FAILED: "danger",
    JobStatus.RUNNING: "info",
    JobStatus.QUEUED: "warning",
}
#: What stopped longer ago than this is no news.
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Told:
    """For templates/admin/components/told.html: which emails there will be is not known before the work is done."""

    to: str
    subject: str = "The same email as those before"
    text: str = "Whoever was told when it was first begun is not told again."


def _told(job: Job) -> list[Told]:
    who = who_is_told(job.kind)
    return [Told(who)] if who else []


@admin.register(Job)
class JobAdmin(StepsMixin, ScopedAdmin):
    """Nobody adds or changes one here: pages start them."""

    view_permission = Permission.RUN_COHORTS
    provider_path = "provider"
    list_display = ("title", "state", "progress", "started_by", "created_at")
    list_filter = (NextFilter, ("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields = ("title", "started_by__full_name")
    list_select_related = ("started_by",)
    ordering = ("-created_at", "-pk")
    view_on_site = False  # that page is for whoever started it
    fields = readonly_fields = (
        *("title", "status", "progress", "what_came_of_it"),
        *("started_by", "created_at", "finished_at", "attempts"),
    )
    export_columns = (
        Column("What", "title"),
        Column("State", "get_status_display"),
        Column("Done", "done"),
        Column("Of", "total"),
        Column("Problem", "error"),
        Column("Started by", "started_by__full_name"),
        Column("Asked for", "created_at"),
        Column("Finished", "finished_at"),
    )
    steps = (
        AdminStep(
            *("again", "Start it again", try_again, "job", Permission.RUN_COHORTS),
            possible=lambda job: "try again" in JOB.possible(job.status) and not job.begun_anew,
            told=_told,
            is_done=lambda job: job.is_unfinished,
            text="It does what is still missing. Nothing is done twice.",
            done="It has been started again. Load this page anew to see how far it is.",
            strong=True,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).select_related("started_by", "provider")

    @display(description="State", ordering="status", label=LABELS)
    def state(self, job: Job) -> tuple[str, str]:
        return job.status, job.get_status_display()

    @display(description="Progress")
    def progress(self, job: Job) -> str:
        return f"{job.done} of {job.total}" if job.total else "-"

    @display(description="What came of it")
    def what_came_of_it(self, job: Job) -> str | SafeString:
        if job.status == JobStatus.FAILED:
            return job.error
        if job.status != JobStatus.DONE:
            return "Nothing yet"
        said = str(job.result.get("message") or "Done")
        return format_html('<a class="su-link" href="{}">{}</a>', job.result_url, said) if job.result_url else said


def stopped(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """What stopped lately and was not done anew since."""
    same = {name: OuterRef(name) for name in ("kind", "content_type", "object_id")}
    anew = Job.objects.filter(**same, created_at__gt=OuterRef("created_at"))
    return jobs.filter(~Exists(anew), status=JobStatus.FAILED, finished_at__gt=timezone.now() - RECENT)


def to_do(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """For the admin's first page."""
    if not holds(viewer, Permission.RUN_COHORTS):
        return None
    providers = providers_with(viewer, Permission.RUN_COHORTS)
    mine = Job.objects.all() if providers is None else Job.objects.filter(provider__in=providers)
    return waiting(*to_do_of([mine]))


def register_section() -> None:
    one, many = "piece of work stopped by a problem", "pieces of work stopped by a problem"
    wait_for(Job, "stopped", Waiting(stopped, one, many))
    register(Section("dashboard", "jobs", 80, TEMPLATE, to_do, "Work in the background"))
