"""“Did it work?” on the desk: which programmes are followed up, what became of their graduates, and what some of them tell (B58, C7, L9)."""

from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify

from cohorts.models import Programme, Story
from cohorts.states.stories import StoryStatus
from representation import costs, outcomes
from representation.actions.outcomes import publish_outcomes
from representation.models import OutcomeRelease, OutcomeStudy
from representation.permissions import RepresentationPermission
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export
from steppingup.site.sections import render_sections

KEEP = RepresentationPermission.KEEP_PLAN
PAGE = "admin:representation_outcomestudy_outcomes"
MOST_STORIES = 20
RELEASES = 40  # to choose from
STATES = {
    "yes": ("Published", lambda rows: rows.filter(releases__isnull=False).distinct()),
    "no": ("Not yet", lambda rows: rows.filter(releases=None)),
}


@admin.register(OutcomeStudy)
class OutcomeStudyAdmin(SteppedAdmin):
    """The programmes that the equality lead follows up. Opened, each says whether it worked, as far as that can be told."""

    when_empty = "Add a programme that has graduates, and you can publish what became of them."
    change_permission = KEEP
    fixed_fields = ("programme",)
    list_display = ("programme", "provider", "last")
    list_filter = (choose("published", "published", STATES),)
    search_fields = ("programme__name",)
    list_select_related = ("programme__provider",)
    ordering = ("programme__name", "pk")
    fields = ("programme", "released_day", ("coordinator_days", "coordinator_day"))
    export_columns = (
        Column("Programme", "programme__name"),
        Column("Provider", "programme__provider__name"),
        Column("Last published", lambda one: one.last_made),
    )

    provider = column("Provider", lambda one: one.programme.provider.name, "programme__provider__name")
    last = column(
        "Last published", lambda one: english.day_date(one.last_made) if one.last_made else "Not yet", "last_made"
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OutcomeStudy]":
        rows: QuerySet[OutcomeStudy] = super().get_queryset(request)
        return rows.annotate(last_made=Max("releases__made_at"))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        if db_field.name == "programme":
            return Programme.objects.visible_to(request.user, KEEP).select_related("provider")
        return super().get_field_queryset(db, db_field, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One of which nothing was published yet."""
        return obj is not None and not obj.releases.exists() and self.has_change_permission(request, obj)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [
            link_button("See what became of graduates", reverse(PAGE, args=[subject.pk])),
            *super().buttons(request, subject),
        ]

    @own_page("<int:pk>/did-it-work/", "outcomes")
    def outcomes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was published, of everybody or of a cohort, as tables, a picture and a file; beside it what graduates let papers say."""
        study: OutcomeStudy | None = self.get_object(request, str(pk))
        if study is None or not self.allows(request, KEEP, study):
            raise Http404
        releases = list(study.releases.defer("apart")[:RELEASES])
        release = _chosen(releases, request.GET.get("release", ""))
        groups = {outcomes.WHOLE: "Everybody who completed", **(release.cohorts if release else {})}
        group = _number(request.GET.get("cohort", ""))
        group = group if group in groups else outcomes.WHOLE
        shown = outcomes.group_of(release, group, groups[group]) if release else None
        if release and shown and (kind := request.GET.get("export", "")) in FORMATS:
            name = slugify(f"did it work {study} {release.made_on:%Y-%m-%d}")
            several = [outcomes.group_of(release, one, named) for one, named in groups.items()]
            return export(kind, name, outcomes.COLUMNS, [line for one in several for line in one.lines])
        stories = Story.objects.visible_to(request.user, KEEP).filter(
            status=StoryStatus.PUBLISHED,
            in_papers=True,
            enrolment__participant__is_active=True,
            enrolment__cohort__programme=study.programme_id,
        )
        if group:
            stories = stories.filter(enrolment__cohort=group)
        return self.page(
            request,
            "admin/representation/outcomes.html",
            title="Did it work?",
            original=study,
            study=study,
            release=release,
            releases=releases,
            groups=list(groups.items()),
            group=group,
            shown=shown,
            picture=outcomes.picture(shown.steps) if shown else None,
            cost=costs.cost_of(study, release) if release and not group else None,
            stories=stories.select_related("enrolment__cohort")[:MOST_STORIES],
            publish=self.address_of(publish_outcomes, study)
            if publish_outcomes.is_offered(request.user, study)
            else "",
            formats=list(FORMATS),
            sections=render_sections("did_it_work", request, study),
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else outcomes.WHOLE


def _chosen(releases: list[OutcomeRelease], wanted: str) -> OutcomeRelease | None:
    """The release that the address names; else the newest."""
    return next((one for one in releases if str(one.pk) == wanted), releases[0] if releases else None)
