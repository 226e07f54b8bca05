"""What participants took away from talks, for those who run the cohort (L7)."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import Truncator

from cohorts.desk.filters import CohortFilter
from modules.models import SessionSpeaker, TalkFeedback
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.lists import NumberFilter, choose, column
from steppingup.formats import english
from steppingup.site.export import Column

#: How many words of them a row of the list shows.
SHOWN = 20
READ = {True: "The speaker and staff", False: "Staff"}
READERS = {
    "speaker": ("The speaker and staff", lambda rows: rows.filter(to_speaker=True)),
    "staff": ("Staff", lambda rows: rows.filter(to_speaker=False)),
}


class TalkFilter(NumberFilter):
    """One talk: where the page of its session leads."""

    title, parameter_name = "talk", "talk"

    def offered(self, request: HttpRequest, model_admin: ScopedAdmin) -> list[tuple[int, str]]:
        seen = TalkFeedback.objects.visible_to(request.user, model_admin.see).values("talk")
        return [(one.pk, str(one)) for one in SessionSpeaker.objects.filter(pk__in=seen).for_steps()]

    def path_from(self, queryset: object) -> str:
        return "talk"


@admin.register(TalkFeedback)
class TalkFeedbackAdmin(ScopedAdmin):
    """Written by participants, and theirs: staff read it."""

    adds = False
    list_display = ("who", "speaker", "at", "beginning", "reads", "said_at")
    list_filter = (CohortFilter, TalkFilter, choose("who reads it", "reads", READERS))
    search_fields = ("words", "talk__speaker__name", "talk__session__title", "enrolment__participant__full_name")
    list_select_related = ("talk__speaker", "talk__session", "enrolment__participant", "enrolment__cohort")
    fields = readonly_fields = ("who", "speaker", "at", "words", "reads", "said_at")
    export_columns = (
        Column("Participant", "enrolment__participant__full_name"),
        Column("Cohort", "enrolment__cohort__name"),
        Column("Speaker", "talk__speaker__name"),
        Column("Session", "talk__session__title"),
        Column("What they took away from it", "words"),
        Column("The speaker reads it", "to_speaker"),
        Column("Said", "said_at"),
    )

    who = column("Participant", lambda one: str(one.participant), "enrolment__participant__full_name")
    speaker = column("Speaker", lambda one: one.talk.speaker.name, "talk__speaker__name")
    at = column("At", lambda one: f"{one.talk.session.title}, {english.day_date(one.talk.session.starts_at)}")
    beginning = column("What they took away from it", lambda one: Truncator(one.words).words(SHOWN))
    reads = column("Who reads it", lambda one: READ[one.to_speaker])
