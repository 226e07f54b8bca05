"""Stories on the desk: what was told, the wording, where it may be used, and where it was printed."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from cohorts.desk.filters import CohortFilter
from cohorts.models import Story
from cohorts.states.stories import StoryStatus
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

COLOURS = {
    StoryStatus.SENT.label: "warning",
    StoryStatus.PROPOSED.label: "info",
    StoryStatus.PUBLISHED.label: "success",
    StoryStatus.WITHDRAWN.label: "danger",
}
USES = {
    "pages": ("Shown on the public pages", lambda rows: rows.filter(status=StoryStatus.PUBLISHED, on_pages=True)),
    "papers": ("Agreed to for papers", lambda rows: rows.filter(status=StoryStatus.PUBLISHED, in_papers=True)),
}


def _agreed(words: str) -> Any:
    """A download holds words that were agreed to for papers, and no others."""
    return lambda one: getattr(one, words) if one.status == StoryStatus.PUBLISHED and one.in_papers else ""


def _page(one: Story) -> Any:
    if one.status != StoryStatus.PUBLISHED or not one.on_pages:
        return "Not shown"
    page = reverse("cohorts:story_page", args=[one.enrolment.cohort.programme.path, one.reference])
    return format_html('<a class="su-link" href="{}">Open the public page</a>', page)


@admin.register(Story)
class StoryAdmin(SteppedAdmin):
    """Told on people’s own pages, or written down for them on the page of the participant."""

    adds = False
    list_display = ("who", "title", "state", "uses", "told_on", "agreed_at")
    list_filter = (CohortFilter, "status", choose("use", "use", USES))
    search_fields = ("title", "enrolment__participant__full_name", "enrolment__participant__email")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider")
    ordering = ("-told_on", "-pk")
    fields = readonly_fields = (
        *("who", "cohort", "state", "uses", "named_as", "told_on", "title", "text", "quote", "wish"),
        *("worded_title", "worded_text", "worded_quote", "byline", "agreed_at", "public", "used_in", "ended_because"),
    )
    export_columns = (
        Column("Who", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort"),
        Column("Status", "get_status_display"),
        Column("May be used for", lambda one: english.listed(one.uses)),
        Column("Agreed to", "agreed_at"),
        Column("Title", _agreed("worded_title")),
        Column("Story", _agreed("worded_text")),
        Column("Quotation", _agreed("worded_quote")),
        Column("Told by", _agreed("byline")),
        Column("Printed in", "used_in"),
    )

    who = column("Who", lambda one: one.enrolment.participant, "enrolment__participant__full_name")
    cohort = column("Cohort", lambda one: one.enrolment.cohort)
    state = column("Status", lambda one: one.get_status_display(), "status", colours=COLOURS)
    uses = column("May be used for", lambda one: english.listed(one.uses))
    public = column("Public page", _page)
