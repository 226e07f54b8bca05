"""The admin of work in the background: what runs, what was done, and what stopped and may be begun again."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from steppingup.accounts.actors import holds_everywhere
from steppingup.accounts.models import User
from steppingup.accounts.roles import SitePermission
from steppingup.desk.duties import Duty, add_duty
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.jobs.actions import pass_on
from steppingup.jobs.models import Job
from steppingup.jobs.states import JobStatus
from steppingup.site.export import Column

LABELS = {
    JobStatus.DONE: "success",
    JobStatus.FAILED: "danger",
    JobStatus.RUNNING: "info",
    JobStatus.QUEUED: "warning",
}


def hand_over_jobs(found: Sequence[Job], to: User | None, by: User) -> list[str]:
    """They act for somebody else from now on, or are given up. Says of each that stays why."""
    stayed = []
    for job in found:
        if holds_everywhere(by, SitePermission.WATCH_WORK, job.provider_id):
            stayed.append(pass_on(job, to))
        else:
            stayed.append(f"“{job.title}” stays as it is: you may not see to the background jobs of {job.provider}.")
    return [sentence for sentence in stayed if sentence]


add_duty(
    Duty(
        "jobs",
        "background job",
        "background jobs",
        SitePermission.WATCH_WORK,
        lambda: Job.objects.left_open(),
        {"started_by": "user", "provider": "provider"},
        hand_over_jobs,
        nobody="Nobody: what waits is given up, and can be asked for again",
    )
)


@admin.register(Job)
class JobAdmin(SteppedAdmin):
    """Nobody adds or changes one here: pages start them."""

    adds = False
    list_display = ("title", "state", "progress", "started_by", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
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
        Column("Status", "get_status_display"),
        Column("Done", "done"),
        Column("Of", "total"),
        Column("Problem", "error"),
        Column("Started by", "started_by__full_name"),
        Column("Requested", "created_at"),
        Column("Finished", "finished_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).select_related("started_by", "provider")

    state = column("Status", lambda job: (job.status, job.get_status_display()), ordering="status", colours=LABELS)
    progress = column("Progress", lambda job: f"{job.done} of {job.total}" if job.total else "-")

    @display(description="Result")
    def what_came_of_it(self, job: Job) -> str | SafeString:
        if job.status == JobStatus.FAILED:
            return job.error
        if job.status != JobStatus.DONE:
            return "Nothing yet"
        said = str(job.result.get("message") or "Done")
        url = job.get_absolute_url() if job.result.get("missed") else job.result_url  # who they are stands there
        return format_html('<a class="su-link" href="{}">{}</a>', url, said) if url else said
